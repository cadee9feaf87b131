package dev.rootbound.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FdTest {
    private static int errno(Fd fd) {
        try {
            fd.read(new byte[8], 0, 8);
            return 0;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    @Test
    void closingEndsAReadThatWaits() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor();
                var pipe = Pipe.open()) {
            var end = pipe.keepRead();
            var read = tasks.submit(() -> errno(end));
            Thread.sleep(50); // until it waits
            end.close();
            assertThat(read.get()).isEqualTo(Errno.EBADF);
        }
    }

    @Test
    void noReadOutlivesTheClosingWhenItsNumberIsReused() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 300; i++) {
                var closed = Pipe.open();
                var end = closed.keepRead();
                var reads = new ArrayList<java.util.concurrent.Future<Integer>>();
                reads.add(tasks.submit(() -> errno(end)));
                if (i % 3 == 0) {
                    Thread.sleep(0, 100_000);
                }
                end.close();
                try (var next = Pipe.open()) { // likely the same number
                    var other = next.keepRead();
                    reads.add(tasks.submit(() -> errno(other)));
                    next.write().write(new byte[] {1}, 0, 1);
                    assertThat(reads.get(0).get()).isEqualTo(Errno.EBADF);
                    assertThat(reads.get(1).get()).isZero();
                }
                closed.close();
            }
        }
    }

    @Test
    void whatIsClosedIsAnErrorThatCanBeCaught() throws Exception {
        var pipe = Pipe.open();
        pipe.close();
        assertThat(errno(pipe.read())).isEqualTo(Errno.EBADF);
        assertThatThrownBy(() -> pipe.write().write(new byte[1], 0, 1))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    void aWriterWaitsForItsReader() throws Exception {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor();
                var pipe = Pipe.open()) {
            var to = pipe.keepWrite();
            var from = pipe.keepRead();
            var bytes = new byte[1 << 20];
            var written =
                    tasks.submit(() -> {
                        to.write(bytes, 0, bytes.length);
                        to.close();
                        return true;
                    });
            int total = 0;
            var buffer = new byte[3000];
            for (int n; (n = from.read(buffer, 0, buffer.length)) > 0; ) {
                total += n;
            }
            assertThat(written.get()).isTrue();
            assertThat(total).isEqualTo(1 << 20);
        }
    }
}
