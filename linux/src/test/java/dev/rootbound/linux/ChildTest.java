package dev.rootbound.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ChildTest {
    private static byte[] drain(Fd fd) throws ErrnoException {
        var all = new ByteArrayOutputStream();
        var buffer = new byte[8192];
        for (int n; (n = read(fd, buffer)) > 0; ) {
            all.write(buffer, 0, n);
        }
        return all.toByteArray();
    }

    private static int read(Fd fd, byte[] buffer) throws ErrnoException {
        try {
            return fd.read(buffer, 0, buffer.length);
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.EIO); // a terminal's end
            return -1;
        }
    }

    @Test
    void aChildHasTheDescriptorsItWasGivenAndNoOther() throws Exception {
        try (var pipe = Pipe.open()) {
            var child =
                    Child.spawn(
                            List.of("/bin/sh", "-c", "ls /proc/self/fd; echo $A >&7; exit 42"),
                            Map.of("A", "b"),
                            Map.of(1, pipe.write(), 7, pipe.write()));
            pipe.write().close();
            var text = new String(drain(pipe.keepRead()), UTF_8);
            assertThat(text).isEqualTo("0\n1\n2\n3\n7\nb\n"); // 3 is ls's own
            assertThat(child.waitFor()).isEqualTo(42);
        }
    }

    @Test
    void aSignalIsAnExitCodeOf128AndMore() throws Exception {
        var child = Child.spawn(List.of("/bin/sleep", "60"), Map.of(), Map.of());
        child.kill(15);
        assertThat(child.waitFor()).isEqualTo(143);
        child.kill(15); // its pid may be another's now
    }

    @Test
    void whatIsNotThereIsAnError() {
        assertThatThrownBy(() -> Child.spawn(List.of("/nowhere"), Map.of(), Map.of()))
                .isInstanceOf(ErrnoException.class)
                .hasMessage("posix_spawn /nowhere: ENOENT (no such file or directory)");
    }

    @Test
    void manyWaitersNeedNoThreadEach() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            long before = System.nanoTime();
            var codes =
                    java.util.stream.IntStream.range(0, 64)
                            .mapToObj(_ ->
                                    tasks.submit(() ->
                                            Child.spawn(
                                                            List.of("/bin/sleep", "0.5"),
                                                            Map.of(),
                                                            Map.of())
                                                    .waitFor()))
                            .toList();
            for (var code : codes) {
                assertThat(code.get()).isZero();
            }
            assertThat(System.nanoTime() - before).isLessThan(10_000_000_000L);
        }
    }

    @Test
    void aSlowReaderHoldsTheWriterBackAndLosesNothing() throws Exception {
        try (var in = Pipe.open();
                var out = Pipe.open()) {
            var child =
                    Child.spawn(
                            List.of("/bin/cat"), Map.of(), Map.of(0, in.read(), 1, out.write()));
            in.read().close();
            out.write().close();
            var sent = new byte[3 << 20];
            new java.util.Random(1).nextBytes(sent);
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var fd = in.keepWrite()) {
                                    fd.write(sent, 0, sent.length);
                                } catch (ErrnoException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertThat(drain(out.keepRead())).isEqualTo(sent);
            writer.join();
            assertThat(child.waitFor()).isZero();
        }
    }

    @Test
    void aTerminalIsTheChildsOwnAndHasASize() throws Exception {
        try (var terminal = Terminal.open()) {
            terminal.controller().windowSize(12, 34);
            var child =
                    Child.spawnOn(
                            terminal.line(),
                            List.of("/bin/sh", "-c", "stty size </dev/tty; tty"),
                            Map.of("PATH", "/bin:/usr/bin"));
            assertThat(new String(drain(terminal.controller()), UTF_8))
                    .isEqualTo("12 34\r\n" + terminal.line() + "\r\n");
            assertThat(child.waitFor()).isZero();
        }
    }
}
