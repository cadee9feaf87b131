package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import dev.rootbound.engine.Engine.Stream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process that is a Java lambda: with pipes, a log, clients attached, and an exit code. */
final class FakeProcess {
    /** What the process does; returns its exit code. */
    interface Program {
        int run(FakeProcess self, List<String> args) throws IOException, InterruptedException;
    }

    final Pipe stdin = new Pipe();
    final List<Engine.LogEntry> log = new ArrayList<>();
    final List<String> resized = new CopyOnWriteArrayList<>();
    final CountDownLatch ended = new CountDownLatch(1);
    private final List<Client> clients = new CopyOnWriteArrayList<>();
    private volatile int code;
    private volatile int killedBy;
    private Thread thread = Thread.currentThread();

    InputStream in() {
        return stdin;
    }

    void out(String text) throws IOException {
        var bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        out(Stream.STDOUT, bytes, bytes.length);
    }

    void out(Stream stream, byte[] bytes, int length) throws IOException {
        synchronized (log) {
            log.add(
                    new Engine.LogEntry(
                            Instant.now(), stream, java.util.Arrays.copyOf(bytes, length)));
            log.notifyAll();
        }
        for (var client : clients) {
            client.output(stream, bytes, length);
        }
    }

    void start(Program program, List<String> args, Runnable atEnd) {
        thread =
                Thread.ofVirtual()
                        .unstarted(() -> {
                            code = run(program, args);
                            stdin.breakPipe();
                            atEnd.run();
                            ended.countDown();
                            synchronized (log) {
                                log.notifyAll();
                            }
                        });
        thread.start();
    }

    private int run(Program program, List<String> args) {
        try {
            return program.run(this, args);
        } catch (IOException | InterruptedException e) {
            return killedBy != 0 ? 128 + killedBy : 1;
        }
    }

    int code() {
        return code;
    }

    void kill(int signal) {
        killedBy = signal;
        thread.interrupt();
    }

    Engine.Attachment attach(Set<Stream> streams, Engine.Output output) {
        var client = new Client(streams, output);
        clients.add(client);
        return client;
    }

    int attached() {
        return clients.size();
    }

    private final class Client implements Engine.Attachment {
        private final Set<Stream> streams;
        private final Engine.Output output;
        private final CountDownLatch closed = new CountDownLatch(1);

        Client(Set<Stream> streams, Engine.Output output) {
            this.streams = streams;
            this.output = output;
        }

        void output(Stream stream, byte[] bytes, int length) {
            if (streams.contains(stream)) {
                try {
                    output.write(stream, bytes, 0, length);
                } catch (IOException _) {
                    close(); // gone: as the engine, which goes on without it
                }
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stdin.put(bytes, offset, length);
        }

        @Override
        public void endInput() {
            stdin.end();
        }

        @Override
        public void awaitEnd() throws InterruptedException {
            boolean over = false;
            while (!over && closed.getCount() > 0) {
                over = ended.await(5, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void detach() {
            close();
        }

        @Override
        public void close() {
            closed.countDown();
            clients.remove(this);
        }
    }
}
