package dev.rootbound.build;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Lends a step an ssh agent: each connection to the step's socket has one of its own to the agent,
 * and what goes through are messages that use keys. Whatever changes the agent is refused here, as
 * BuildKit refuses it. Nothing is left when it is closed.
 */
final class AgentRelay implements AutoCloseable {
    /** Of one step at once; the next ones wait. Each has a message in memory. */
    private static final int CONNECTIONS = 16;

    private final ServerSocketChannel listener;
    private final Agent agent;
    private final Semaphore free = new Semaphore(CONNECTIONS);
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

    /** Whose keys are used. */
    interface Agent {
        SocketChannel connect() throws IOException;
    }

    private AgentRelay(ServerSocketChannel listener, Agent agent) {
        this.listener = listener;
        this.agent = agent;
    }

    /**
     * Begins.
     *
     * @param listener closed with it
     */
    static AgentRelay start(ServerSocketChannel listener, Agent agent) {
        var relay = new AgentRelay(listener, agent);
        relay.tasks.execute(relay::accept);
        return relay;
    }

    /** Whatever ends it, who connects later is refused and does not wait. */
    private void accept() {
        try (listener) {
            while (true) {
                free.acquire();
                var client = listener.accept();
                try {
                    tasks.execute(() -> serve(client));
                } catch (RejectedExecutionException e) {
                    client.close();
                }
            }
        } catch (IOException | InterruptedException e) {
            // the step has ended, or the engine has no descriptor for it
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                var asked = agent.connect()) {
            relay(client, asked);
        } catch (IOException e) {
            // one of both has gone or sends what is no message: the other sees its end
        } finally {
            free.release();
        }
    }

    /** There is an answer to each message, in this order. */
    private static void relay(SocketChannel client, SocketChannel asked) throws IOException {
        var in = Channels.newInputStream(client);
        var out = Channels.newOutputStream(client);
        var answers = Channels.newInputStream(asked);
        var requests = Channels.newOutputStream(asked);
        for (var request = AgentMessage.read(in);
                request != null;
                request = AgentMessage.read(in)) {
            var answer = AgentMessage.FAILURE;
            if (request.isUse()) {
                request.write(requests);
                answer = AgentMessage.read(answers);
                if (answer == null) return;
            }
            answer.write(out);
        }
    }

    /** An interrupt closes the channel that its thread waits for. */
    @Override
    public void close() {
        tasks.shutdownNow();
        tasks.close();
    }
}
