package dev.rootbound.network;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Answers the connections of a container until its socket is closed. */
final class TcpService implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 32;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ServerSocketChannel channel;
    private final Answers answers;
    private final Forwarder forwarder;
    private final Pace pace;
    private final ArrayDeque<SocketChannel> connections = new ArrayDeque<>();

    TcpService(ServerSocketChannel channel, Answers answers, Forwarder forwarder, Pace pace) {
        this.channel = channel;
        this.answers = answers;
        this.forwarder = forwarder;
        this.pace = pace;
    }

    /**
     * @param tasks where connections are served, each in a thread of its own
     */
    void serve(Executor tasks) {
        try {
            while (channel.isOpen()) {
                pace.next();
                accept(tasks);
            }
        } catch (InterruptedException | RejectedExecutionException e) {
            // the resolver is being closed
        }
    }

    private void accept(Executor tasks) {
        try {
            var connection = channel.accept();
            add(connection);
            tasks.execute(() -> serve(connection));
        } catch (IOException e) {
            // that one has gone; or the end
        }
    }

    /** The oldest makes room: one that neither asks nor reads must not keep out those that do. */
    private synchronized void add(SocketChannel connection) throws IOException {
        if (!channel.isOpen()) connection.close();
        connections.add(connection);
        if (connections.size() > MOST_CONNECTIONS) connections.remove().close();
    }

    private synchronized void remove(SocketChannel connection) {
        connections.remove(connection);
    }

    private void serve(SocketChannel connection) {
        try (connection) {
            while (answerNext(connection)) pace.next();
        } catch (IOException e) {
            // it has gone, or says nothing, or makes room for another
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the resolver is being closed
        } finally {
            remove(connection);
        }
    }

    /** False if there is nothing more to read, or to say. */
    private boolean answerNext(SocketChannel connection) throws IOException {
        var message = Frames.read(connection.socket(), IDLE, Query.LARGEST_UDP);
        if (message.isEmpty()) return false;
        switch (answers.to(message.get(), Transport.TCP)) {
            case Response.None _ -> {
                return false;
            }
            case Response.Reply(var reply) -> Frames.write(connection.socket(), reply);
            case Response.Forward(var query) -> {
                if (!forwarder.reserve()) return false;
                Frames.write(connection.socket(), forwarder.ask(query, Transport.TCP));
            }
        }
        return true;
    }

    @Override
    public synchronized void close() throws IOException {
        try (channel) {
            for (var each : connections) each.close();
        }
    }
}
