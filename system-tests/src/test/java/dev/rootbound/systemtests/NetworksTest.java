package dev.rootbound.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** What containers reach, by which names, and who reaches them. */
@SystemTest
class NetworksTest {
    private static final String BUSYBOX = TestImage.BUSYBOX.tag();
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String DEBIAN = TestImage.DEBIAN.tag();

    /** Says its hostname to whoever connects to port 80. */
    static final String SERVER = "nc -ll -p 80 -e hostname";

    /** What bash has of HTTP. */
    private static String ask(String host, int port) {
        return "exec 3<>/dev/tcp/" + host + "/" + port + " && cat <&3";
    }

    @BeforeAll
    static void load(Target target) {
        target.load(TestImage.BUSYBOX);
        target.load(TestImage.DEBIAN);
    }

    private static String network(Cli cli, String... options) {
        var name = Cli.fresh();
        var line = new ArrayList<>(List.of("network", "create"));
        line.addAll(List.of(options));
        line.add(name);
        cli.run(line.toArray(String[]::new)).ok();
        return name;
    }

    private static Result bash(Cli cli, String network, String script) {
        return cli.run(
                "run", "--rm", "--network", network, DEBIAN, "timeout", "10", "bash", "-c", script);
    }

    /** Once the server of a container listens. */
    static String answer(String host, int port) throws Exception {
        IOException last = null;
        for (int tries = 0; tries < 100; tries++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(host, port), 2000);
                socket.setSoTimeout(5000);
                var said =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (!said.isEmpty()) return said.strip();
            } catch (IOException e) {
                last = e;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("no answer from " + host + ":" + port, last);
    }

    static int port(Cli cli, String container, String inside) {
        var line = cli.run("port", container, inside).ok().out().lines().findFirst().orElseThrow();
        return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    }

    static String address(Cli cli, String container) {
        var networks = cli.inspect(container).at("/NetworkSettings/Networks");
        return networks.iterator().next().get("IPAddress").asString();
    }

    @Behaviour
    void aContainerReachesTheWorldThroughTheHost(Cli cli) {
        var result = cli.run("run", "--rm", DEBIAN, "apt-get", "update").ok();
        assertThat(result.out()).contains("Reading package lists").doesNotContain("Failed");
    }

    @Behaviour
    void onANetworkOfTheirOwnContainersFindEachOtherByName(Cli cli) {
        var network = network(cli);
        var web =
                cli.detached(
                        "--network",
                        network,
                        "--network-alias",
                        "www",
                        "--hostname",
                        "answer",
                        BUSYBOX,
                        "sh",
                        "-c",
                        SERVER);
        for (var name : List.of(web, "www", web + "." + network)) {
            assertThat(bash(cli, network, ask(name, 80)).ok().out()).isEqualTo("answer");
        }
        var other = network(cli);
        assertThat(bash(cli, other, "getent hosts " + web).code()).isEqualTo(2);
        var reach = "timeout 2 bash -c '" + ask(address(cli, web), 80) + "' || echo not reached";
        assertThat(bash(cli, other, reach).ok().out()).isEqualTo("not reached");
        cli.run("network", "connect", "--alias", "wide", other, web).ok();
        assertThat(bash(cli, other, ask("wide", 80)).ok().out()).isEqualTo("answer");
        assertThat(cli.run("network", "rm", other).code()).isEqualTo(1);
        cli.run("network", "disconnect", other, web).ok();
        cli.run("network", "rm", other).ok();
        assertThat(bash(cli, network, ask("www", 80)).ok().out()).isEqualTo("answer");
        cli.run("rm", "-f", web).ok();
        cli.run("network", "rm", network).ok();
    }

    @Behaviour
    void aPublishedPortIsReachedFromTheHostAndFromContainers(Cli cli) throws Exception {
        var web =
                cli.detached(
                        "-p",
                        "80",
                        "-p",
                        "127.0.0.1::80",
                        "-h",
                        "web",
                        BUSYBOX,
                        "sh",
                        "-c",
                        SERVER);
        int port = port(cli, web, "80/tcp");
        assertThat(answer("127.0.0.1", port)).isEqualTo("web");
        assertThat(answer("::1", port)).isEqualTo("web");
        var gateway = cli.inspect(web).at("/NetworkSettings/Networks/bridge/Gateway").asString();
        var network = network(cli);
        assertThat(bash(cli, network, ask(gateway, port)).ok().out()).isEqualTo("web");
        assertThat(bash(cli, "bridge", ask(gateway, port)).ok().out()).isEqualTo("web");
        var taken = cli.run("run", "--rm", "-p", port + ":80", BUSYBOX, "true").ended(125);
        assertThat(taken.err()).contains("port is already allocated");
        cli.run("rm", "-f", web).ok();
        cli.run("network", "rm", network).ok();
        cli.run("run", "--rm", "-p", port + ":80", BUSYBOX, "true").ok();
    }

    @Behaviour
    void anInternalNetworkLeadsNowhere(Cli cli) {
        var network = network(cli, "--internal");
        var web = cli.detached("--network", network, "-h", "in", BUSYBOX, "sh", "-c", SERVER);
        assertThat(bash(cli, network, ask(web, 80)).ok().out()).isEqualTo("in");
        assertThat(bash(cli, network, "getent hosts deb.debian.org").code()).isEqualTo(2);
        assertThat(bash(cli, network, "cat /proc/net/route").ok().out().lines())
                .noneMatch(line -> line.matches("eth0\\s+00000000\\s.*"));
        cli.run("rm", "-f", web).ok();
        cli.run("network", "rm", network).ok();
    }

    /** Scenario 30. */
    @Behaviour
    void filesThatSayWhoAndWhereAContainerIsAreWritableAndWrittenAnewAtEachStart(Cli cli) {
        var box =
                cli.detached(
                        "--add-host", "there:192.0.2.7", "-h", "here", BUSYBOX, "sleep", "9999");
        var change = "for f in hosts hostname resolv.conf; do echo '# mine' >> /etc/$f; done";
        cli.run("exec", box, "sh", "-c", change).ok();
        var files = "cat /etc/hosts /etc/hostname /etc/resolv.conf";
        assertThat(cli.run("exec", box, "sh", "-c", files).ok().out())
                .contains("192.0.2.7\tthere", "here", "nameserver", "# mine")
                .contains(address(cli, box) + "\there");
        cli.run("restart", "-t0", box).ok();
        assertThat(cli.run("exec", box, "sh", "-c", files).ok().out())
                .contains("192.0.2.7\tthere", "here", "nameserver")
                .doesNotContain("# mine");
        assertThat(cli.run("diff", box).ok().out()).isEmpty();
        cli.run("rm", "-f", box).ok();
    }

    @Behaviour
    void filesThatTheEngineWritesAreCopiedAsTheContainerHasThem(Cli cli, @TempDir Path directory) {
        var box =
                cli.detached(
                        "--add-host", "there:192.0.2.7", "-h", "here", BUSYBOX, "sleep", "9999");
        var file = directory.resolve("copied");
        cli.run("cp", box + ":/etc/hosts", file.toString()).ok();
        assertThat(file).content().contains("192.0.2.7\tthere", address(cli, box) + "\there");
        cli.run("exec", box, "sh", "-c", "echo changed > /etc/hostname").ok();
        cli.run("cp", box + ":/etc/hostname", file.toString()).ok();
        assertThat(file).content().isEqualTo("changed\n");
        cli.run("stop", "-t0", box).ok();
        cli.run("cp", box + ":/etc/hostname", file.toString()).ok();
        assertThat(file).content().isEqualTo("changed\n");
        cli.run("rm", "-f", box).ok();
    }

    /** Where Docker says that the file is busy. */
    @Promise
    void aCopyIntoSuchAFileIsSeenByTheContainer(Cli cli, @TempDir Path directory)
            throws IOException {
        var box = cli.detached("-h", "here", BUSYBOX, "sleep", "9999");
        var file = Files.writeString(directory.resolve("mine"), "# mine\n");
        cli.run("cp", file.toString(), box + ":/etc/hosts").ok();
        assertThat(cli.run("exec", box, "cat", "/etc/hosts").ok().out()).isEqualTo("# mine");
        assertThat(cli.run("exec", box, "stat", "-c", "%u:%g %a", "/etc/hosts").ok().out())
                .isEqualTo("0:0 644");
        cli.run("cp", file.toString(), box + ":/etc/other").ok();
        assertThat(cli.run("exec", box, "cat", "/etc/other").ok().out()).isEqualTo("# mine");
        assertThat(cli.run("diff", box).ok().out().lines())
                .containsExactly("C /etc", "A /etc/other");
        var refused = cli.run("cp", "-L", "/usr/bin", box + ":/etc/hosts");
        assertThat(refused.code()).isEqualTo(1);
        cli.run("rm", "-f", box).ok();
    }

    @Promise
    @OneClient
    void theHostsLoopbackAndItsNeighboursAreNotReached(Cli cli) throws Exception {
        try (var secret = new java.net.ServerSocket(0, 5, LOOPBACK)) {
            int port = secret.getLocalPort();
            // who may send any packet sends this one by its network's way to the host
            var route =
                    "ip route add 127.0.0.1/32 via $(ip route | awk '/default/ {print $3}') table 7;"
                            + " ip rule add to 127.0.0.1 lookup 7 pref 0; ip rule del pref 0 lookup"
                            + " local; ip rule add pref 1 lookup local; sysctl -w"
                            + " net.ipv4.conf.all.route_localnet=1; ";
            var result =
                    cli.run(
                            "run",
                            "--rm",
                            "--privileged",
                            BUSYBOX,
                            "sh",
                            "-c",
                            route + "nc -w 2 127.0.0.1 " + port + " </dev/null; echo ended $?");
            assertThat(result.out()).contains("ended 1");
            secret.setSoTimeout(100);
            assertThat(connected(secret)).isFalse();
        }
    }

    private static boolean connected(java.net.ServerSocket socket) throws IOException {
        try (var _ = socket.accept()) {
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        }
    }

    @Behaviour
    @OneClient
    void aGigabyteComesThroughAPortByteForByte(Cli cli) throws Exception {
        var web =
                cli.detached(
                        "-p",
                        "80",
                        BUSYBOX,
                        "sh",
                        "-c",
                        "head -c 1073741824 /dev/urandom > /f; sha256sum /f > /sum; nc -ll -p 80 -e"
                                + " cat /f");
        int port = port(cli, web, "80/tcp");
        String sum = "";
        for (int tries = 0; tries < 600 && sum.isEmpty(); tries++) {
            Thread.sleep(100);
            sum = cli.run("exec", web, "cat", "/sum").out();
        }
        var digest = MessageDigest.getInstance("SHA-256");
        try (var socket = new Socket(LOOPBACK, port)) {
            digest(socket.getInputStream(), digest);
        }
        assertThat(sum).startsWith(HexFormat.of().formatHex(digest.digest()));
        cli.run("rm", "-f", web).ok();
    }

    private static void digest(InputStream in, MessageDigest digest) throws IOException {
        var buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
        }
    }

    @Behaviour
    @OneClient
    void twoThousandConnectionsAreOpenAtOnce(Cli cli) throws Exception {
        var echo =
                "use IO::Socket; use IO::Select; my $l = IO::Socket::INET->new(LocalPort => 80,"
                        + " Listen => 4096, ReuseAddr => 1) or die; my $s = IO::Select->new($l);"
                        + " while (1) { for my $c ($s->can_read) { if ($c == $l) { $s->add($l->accept)"
                        + " } elsif (sysread($c, my $b, 4096)) { syswrite($c, $b) } else {"
                        + " $s->remove($c); close $c } } }";
        var box = cli.detached("-p", "80", "--ulimit", "nofile=4096", DEBIAN, "perl", "-e", echo);
        int port = port(cli, box, "80/tcp");
        var open = new ArrayList<Socket>();
        try {
            open.add(first(port));
            while (open.size() < 2000) open.add(new Socket(LOOPBACK, port));
            for (int i = 0; i < open.size(); i++) {
                open.get(i).getOutputStream().write(i % 251);
            }
            for (int i = 0; i < open.size(); i++) {
                open.get(i).setSoTimeout(10_000);
                assertThat(open.get(i).getInputStream().read()).isEqualTo(i % 251);
            }
        } finally {
            for (var each : open) each.close();
        }
        cli.run("rm", "-f", box).ok();
    }

    private static Socket first(int port) throws Exception {
        for (int tries = 0; ; tries++) {
            try {
                return new Socket(LOOPBACK, port);
            } catch (IOException e) {
                if (tries > 100) throw e;
                Thread.sleep(50);
            }
        }
    }

    @Behaviour
    @OneClient
    void datagramsComeAndGo(Cli cli) throws Exception {
        var echo =
                "use IO::Socket; my $s = IO::Socket::INET->new(LocalPort => 53, Proto => 'udp') or"
                        + " die; while ($s->recv(my $b, 9000)) { $s->send(uc $b) }";
        var box = cli.detached("-p", "53/udp", DEBIAN, "perl", "-e", echo);
        int port = port(cli, box, "53/udp");
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout(500);
            socket.connect(LOOPBACK, port);
            assertThat(echoed(socket, "hello")).isEqualTo("HELLO");
        }
        cli.run("rm", "-f", box).ok();
    }

    /** Who sends all the time keeps the way that the kernel has chosen for its first datagram. */
    @OneClient
    void whoeverSendsAllTheTimeReachesWhoHasThePortNow(Cli cli) throws Exception {
        int port;
        try (var free = new DatagramSocket()) {
            port = free.getLocalPort();
        }
        for (var to : List.of(LOOPBACK, ownAddress())) {
            try (var client = new DatagramSocket()) {
                client.setSoTimeout(20);
                var sender = Thread.ofVirtual().start(() -> keepSending(client, to, port));
                Thread.sleep(100);
                var first = answerer(cli, "first", port, 5000);
                assertThat(heard(client)).isEqualTo("first");
                cli.run("rm", "-f", first).ok();
                var second = answerer(cli, "second", port, 5001);
                assertThat(heard(client)).isEqualTo("second");
                cli.run("network", "disconnect", "bridge", second).ok();
                cli.run("network", "connect", "bridge", second).ok();
                drain(client);
                assertThat(heard(client)).isEqualTo("second");
                cli.run("rm", "-f", second).ok();
                sender.interrupt();
                sender.join();
            }
        }
    }

    /** By which others reach this host. */
    private static InetAddress ownAddress() throws Exception {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                .findFirst()
                .orElseThrow();
    }

    private static String answerer(Cli cli, String name, int port, int inside) {
        var program =
                "use IO::Socket; my $s = IO::Socket::INET->new(LocalPort => "
                        + inside
                        + ", Proto => 'udp') or die; while ($s->recv(my $b, 9000)) { $s->send('"
                        + name
                        + "') }";
        var ports = port + ":" + inside + "/udp";
        return cli.detached("-p", ports, DEBIAN, "perl", "-e", program);
    }

    private static void keepSending(DatagramSocket client, InetAddress to, int port) {
        try {
            while (true) {
                try {
                    client.send(new DatagramPacket(new byte[1], 1, to, port));
                } catch (IOException e) {
                    // nobody has the port now
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            // it is enough
        }
    }

    /** The next answer; empty if none comes. */
    private static String heard(DatagramSocket client) {
        var answer = new DatagramPacket(new byte[100], 100);
        for (int tries = 0; tries < 150; tries++) {
            try {
                client.receive(answer);
                return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                // not yet
            }
        }
        return "";
    }

    private static void drain(DatagramSocket client) {
        while (true) {
            try {
                client.receive(new DatagramPacket(new byte[100], 100));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static String echoed(DatagramSocket socket, String text) throws Exception {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var answer = new DatagramPacket(new byte[9000], 9000);
        for (int tries = 0; tries < 20; tries++) {
            try {
                socket.send(new DatagramPacket(bytes, bytes.length));
                socket.receive(answer);
                return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                Thread.sleep(50); // it does not listen yet
            }
        }
        throw new AssertionError("no answer from port " + socket.getPort());
    }
}
