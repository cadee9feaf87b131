package dev.rootbound.dockerfile;

/**
 * A word of {@code EXPOSE}. Docker takes {@code [address:][host-port:]} before it and warns.
 *
 * @param isMapping whether there is an address or a port of the host, which mean nothing here
 * @param written the protocol as written
 */
record ExposedPort(int first, int last, String protocol, String written, boolean isMapping) {
    private static final int LAST = 65535;

    static ExposedPort parse(String word) {
        int colon = word.lastIndexOf(':');
        var port = word.substring(colon + 1);
        int slash = port.indexOf('/');
        var written = slash < 0 ? "" : port.substring(slash + 1);
        var numbers = slash < 0 ? port : port.substring(0, slash);
        if (numbers.isEmpty()) throw wrong(word, "the port is missing");
        var protocol = written.isEmpty() ? "tcp" : Names.lower(written);
        switch (protocol) {
            case "tcp", "udp", "sctp" -> {}
            default -> throw wrong(word, "a protocol is tcp, udp or sctp");
        }
        int[] range = range(word, numbers);
        if (colon > 0) range(word, hostPort(word, colon));
        return new ExposedPort(range[0], range[1], protocol, written, colon >= 0);
    }

    private static String hostPort(String word, int colon) {
        var before = word.substring(0, colon);
        var port = before.substring(before.lastIndexOf(':') + 1);
        // an address may come without a port: 127.0.0.1::80
        return port.isEmpty() ? "0" : port;
    }

    private static int[] range(String word, String numbers) {
        int dash = numbers.indexOf('-');
        if (dash < 0) {
            int port = number(word, numbers);
            return new int[] {port, port};
        }
        int first = number(word, numbers.substring(0, dash));
        int last = number(word, numbers.substring(dash + 1));
        if (last < first) throw wrong(word, "the range ends before it begins");
        return new int[] {first, last};
    }

    private static int number(String word, String digits) {
        boolean isNumber =
                !digits.isEmpty()
                        && digits.length() <= 10
                        && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        long port = isNumber ? Long.parseLong(digits) : -1;
        if (port < 0 || port > LAST) throw wrong(word, "a port is a number from 0 to 65535");
        return (int) port;
    }

    private static IllegalArgumentException wrong(String word, String why) {
        return new IllegalArgumentException("not a port: " + word + ": " + why);
    }
}
