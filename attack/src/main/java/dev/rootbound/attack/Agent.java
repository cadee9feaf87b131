package dev.rootbound.attack;

import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A process that makes the system calls that it is told to, wherever it is: {@code
 * agent.call(Call.KILL, "pid 7", 7, 0)}. The protocol is in {@code agent-x86_64.txt}.
 */
final class Agent implements AutoCloseable {
    private static final int CALL = 0;
    private static final int FORK = 1;
    private static final int REQUEST = 72;
    private static final int ANSWER = 16;

    /** A child that blocks is ended by SIGALRM. */
    private static final int SECONDS = 5;

    private final Conversation conversation;

    /** How many children deep the conversation is. */
    private int children;

    Agent(Conversation conversation) {
        this.conversation = conversation;
    }

    /** A child that ended while it was told something. */
    static final class EndedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int status;

        EndedException(int status) {
            super(
                    (status & 0x7f) == 0
                            ? "it ended with status " + (status >> 8)
                            : "signal " + (status & 0x7f) + " ended it");
            this.status = status;
        }

        /** What it returned; -1 if a signal ended it. */
        int code() {
            return (status & 0x7f) == 0 ? (status >> 8) & 0xff : -1;
        }
    }

    /** Something to do. */
    interface Step<T> {
        T run() throws IOException;
    }

    /** What a process does that ends afterwards, with all that it holds and has become. */
    <T> T inChild(Step<T> step) throws IOException {
        send(FORK, 0, new byte[0], 0);
        result("fork", "", new Memory());
        int depth = ++children;
        try {
            call(Call.ALARM, "", SECONDS);
            return step.run();
        } finally {
            if (children == depth) end();
        }
    }

    private void end() throws IOException {
        try {
            call(Call.EXIT, "", 0);
            throw new IOException("exit returned");
        } catch (EndedException e) {
            // as it was told
        }
    }

    /** A program in place of a child: how it ended. */
    int execute(String path) throws IOException {
        try {
            return inChild(() -> {
                var memory = new Memory();
                long name = memory.text(path);
                long arguments = memory.longs(name, 0);
                call(Call.EXECVE, path, memory, name, arguments, arguments + 8);
                throw new IOException("execve returned");
            });
        } catch (EndedException e) {
            return e.code();
        }
    }

    long call(Call call, String on, long... arguments) throws IOException {
        return call(call, on, new Memory(), arguments);
    }

    /**
     * Its result.
     *
     * @param on what it is made on, for the error
     * @throws ErrnoException if it fails
     */
    long call(Call call, String on, Memory memory, long... arguments) throws IOException {
        send(CALL, call.number(), memory.used(), memory.used().length, arguments);
        return result(call.text(), on, memory);
    }

    private void send(int kind, long number, byte[] memory, int back, long... arguments)
            throws IOException {
        var request = ByteBuffer.allocate(REQUEST + memory.length).order(ByteOrder.LITTLE_ENDIAN);
        request.putInt(kind).putInt(memory.length).putInt(back).putInt(0).putLong(number);
        for (long argument : arguments) request.putLong(argument);
        request.position(REQUEST).put(memory);
        conversation.send(request.array());
    }

    /**
     * Who holds the container can replace the agent, or trace it: nothing is taken, or room made
     * for it, that it does not say when it is the agent itself.
     */
    private long result(String call, String on, Memory memory) throws IOException {
        var answer = ByteBuffer.wrap(conversation.receive(ANSWER)).order(ByteOrder.LITTLE_ENDIAN);
        int kind = answer.getInt();
        int length = answer.getInt();
        long result = answer.getLong();
        int honest = kind == FORK ? 0 : memory.used().length;
        if (length != honest) {
            throw new IOException(
                    "%s %s: the answer has %s bytes of memory, and the agent's own has %d: somebody has replaced it, or traces it"
                            .formatted(call, on, Integer.toUnsignedString(length), honest));
        }
        memory.changed(conversation.receive(length));
        if (kind == FORK) {
            children--;
            throw new EndedException((int) result);
        }
        if (result < 0 && result > -4096) throw new ErrnoException(call, on, (int) -result);
        return result;
    }

    @Override
    public void close() {
        conversation.close();
    }
}
