package dev.rootbound.attack;

import java.io.IOException;
import java.nio.file.Path;

/** With an agent that is a process of the host, as root: whom the attacks are against. */
final class HostConversation implements Conversation {
    private final Process process;
    private final Answers answers = new Answers();

    HostConversation(String... command) throws IOException {
        this.process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .directory(Path.of("/").toFile())
                        .start();
        Thread.ofVirtual().name("host-agent").start(this::pump);
    }

    private void pump() {
        var some = new byte[8192];
        try (var from = process.getInputStream()) {
            for (int n = from.read(some); n >= 0; n = from.read(some)) {
                answers.add(some, 0, n);
            }
        } catch (IOException e) {
            // it was ended: who waits for its answer is told so
        } finally {
            answers.end();
        }
    }

    @Override
    public void send(byte[] request) throws IOException {
        process.getOutputStream().write(request);
        process.getOutputStream().flush();
    }

    @Override
    public byte[] receive(int length) throws IOException {
        return answers.take(length);
    }

    /** Its children have the same input, and end with it; nothing that it holds outlives it. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            int _ = process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
