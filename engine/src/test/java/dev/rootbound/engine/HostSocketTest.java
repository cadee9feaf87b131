package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets of the host that a build's caller names. */
@Tag("kernel")
@Timeout(60)
class HostSocketTest {
    private static final Caller CALLER = TestEngine.CALLER.by(1);

    @AutoClose private final TestEngine test = TestEngine.open();
    @AutoClose private ServerSocketChannel listener;
    private Path own;
    private Path socket;

    @BeforeEach
    void listen() throws IOException {
        own = Files.createDirectory(test.top.resolve("own"));
        Files.setAttribute(own, "unix:mode", 0700);
        Files.setAttribute(own, "unix:uid", (int) CALLER.uid());
        socket = own.resolve("s");
        listener = listening(socket);
    }

    private static ServerSocketChannel listening(Path path) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setAttribute(path, "unix:mode", 0777);
        return server;
    }

    private HostSocket open(Caller caller, String path) {
        try (var build = test.engine.builds().begin(caller)) {
            return build.socket(path);
        }
    }

    private void refused(Caller caller, String path, String why) {
        assertThatThrownBy(() -> open(caller, path).close())
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll(path, why);
    }

    @Test
    void aSocketIsTheOneThatWasOpenedAndItsListenersPeerTheCaller() throws Exception {
        try (var opened = open(CALLER, socket.toString())) {
            Files.move(socket, own.resolve("moved"));
            try (var _ = listening(socket);
                    var _ = opened.connect();
                    var accepted = listener.accept()) {
                for (var option : accepted.supportedOptions()) {
                    if (!option.name().equals("SO_PEERCRED")) continue;
                    assertThat(accepted.getOption(option).toString())
                            .contains("user=" + CALLER.uid());
                    return;
                }
            }
        }
        throw new AssertionError("no SO_PEERCRED");
    }

    @Test
    void whoeverCouldNotConnectDoesNotByTheEngine() throws IOException {
        long other = CALLER.uid() + 1;
        var stranger = new Caller(new Tenant(other), other, other, List.of());
        refused(stranger.by(1), socket.toString(), "EACCES");
        refused(TestEngine.CALLER, socket.toString(), "another host");
        Files.setAttribute(socket, "unix:mode", 0700);
        try (var opened = open(CALLER, socket.toString())) {
            assertThatThrownBy(() -> opened.connect().close()).hasMessageContaining("denied");
        }
    }

    @Test
    void onlySocketsOutsideOfTheEnginesDirectoriesAreOpened() throws IOException {
        refused(CALLER, own.toString(), "is no socket");
        refused(CALLER, own.resolve("not-there").toString(), "ENOENT");
        refused(CALLER, "own/s", "no absolute path");
        var link = Files.createSymbolicLink(own.resolve("link"), socket);
        open(CALLER, link.toString()).close();
        var inside = test.run.resolve("s");
        try (var _ = listening(inside)) {
            refused(CALLER, inside.toString(), "the engine's own files are not for containers");
        }
    }

    @Test
    void aTenantHasNotAllDescriptorsOfTheEngine() throws IOException {
        var open = new ArrayList<HostSocket>();
        try {
            for (int i = 0; i < 64; i++) open.add(open(CALLER, socket.toString()));
            assertThatThrownBy(() -> open(CALLER, socket.toString()).close())
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("more than 64 agents in the builds of one user");
            long other = CALLER.uid() + 1;
            var theirs = Files.createDirectory(test.top.resolve("theirs"));
            Files.setAttribute(theirs, "unix:mode", 0755);
            try (var _ = listening(theirs.resolve("s"))) {
                var stranger = new Caller(new Tenant(other), other, other, List.of());
                open(stranger.by(1), theirs.resolve("s").toString()).close();
            }
            open.getFirst().close();
            open.getFirst().close(); // twice is once
            open.add(open(CALLER, socket.toString()));
            assertThatThrownBy(() -> open(CALLER, socket.toString()).close())
                    .hasMessageContaining("more than 64");
        } finally {
            open.forEach(HostSocket::close);
        }
        for (int i = 0; i < 65; i++) {
            refused(CALLER, own.resolve("not-there").toString(), "ENOENT"); // takes nothing
        }
        open(CALLER, socket.toString()).close();
    }

    @Test
    void thePolicyOfHostPathsDecides() throws IOException {
        var policy = test.top.resolve("policy.yaml");
        Files.writeString(policy, "version: 1\ncontainers: {host-paths: {deny: [" + own + "]}}\n");
        test.policy = PolicyInForce.read(policy);
        test.reopen();
        refused(CALLER, socket.toString(), "host-paths: deny");
        Files.writeString(
                policy, "version: 1\ncontainers: {host-paths: {read-only: [" + own + "]}}\n");
        test.policy = PolicyInForce.read(policy);
        test.reopen();
        open(CALLER, socket.toString()).close();
    }
}
