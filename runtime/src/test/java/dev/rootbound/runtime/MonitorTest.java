package dev.rootbound.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MonitorTest {
    private static int ownSockets() throws Exception {
        return new Monitor(new Bundle("x", Path.of("/x")), 0, ProcessHandle.current().pid())
                .sockets();
    }

    @Test
    void socketsAreCountedAmongItsDescriptors() throws Exception {
        new ServerSocket(0).close(); // the JDK's own come with the first
        int before = ownSockets();
        try (var socket = new ServerSocket(0)) {
            assertThat(socket.isBound()).isTrue();
            assertThat(ownSockets()).isEqualTo(before + 1);
        }
    }

    @Test
    void aDescriptorThatIsClosedMeanwhileIsNoSocketAndNoError() throws Exception {
        assertThat(Monitor.isSocket(Path.of("/proc/self/fd/19999"))).isFalse();
    }
}
