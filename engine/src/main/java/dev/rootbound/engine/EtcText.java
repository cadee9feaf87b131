package dev.rootbound.engine;

import java.util.List;
import java.util.stream.Collectors;

/** What is in a container's hosts(5). */
final class EtcText {
    private static final String LOCAL =
            """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    private EtcText() {}

    /** An address and its names. */
    record Line(String address, String names) {
        @Override
        public String toString() {
            return address + "\t" + names;
        }
    }

    static String hosts(List<Line> lines) {
        return LOCAL + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** With these lines behind what there is. */
    static String with(String hosts, List<Line> lines) {
        var whole = hosts.isEmpty() || hosts.endsWith("\n") ? hosts : hosts + "\n";
        return whole + lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    /** Without these lines, and with whatever else is there. */
    static String without(String hosts, List<Line> lines) {
        var texts = lines.stream().map(Line::toString).toList();
        return hosts.lines()
                .filter(line -> !texts.contains(line))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }
}
