package dev.rootbound.engine;

import dev.rootbound.attack.Answers;
import dev.rootbound.attack.Conversation;
import java.io.IOException;
import java.util.Set;

/** With the agent that is the first process of a twin: attached, as a client is. */
final class TwinConversation implements Conversation {
    private final Answers answers = new Answers();
    private final Engine.Attachment attachment;

    /** Before it is started. */
    TwinConversation(Engine engine, Caller caller, String twin) {
        this.attachment =
                engine.attach(
                        caller,
                        twin,
                        Set.of(Engine.Stream.STDOUT),
                        true,
                        (_, bytes, offset, length) -> answers.add(bytes, offset, length));
        Thread.ofVirtual().name("twin").start(this::awaitEnd);
    }

    private void awaitEnd() {
        try {
            attachment.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answers.end();
        }
    }

    @Override
    public void send(byte[] request) throws IOException {
        attachment.write(request, 0, request.length);
    }

    @Override
    public byte[] receive(int length) throws IOException {
        return answers.take(length);
    }

    @Override
    public void close() {
        attachment.close();
    }
}
