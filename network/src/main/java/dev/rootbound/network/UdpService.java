package dev.rootbound.network;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Answers the datagrams of a container until its socket is closed.
 *
 * @param tasks where others are asked, each in a thread of its own
 */
record UdpService(
        DatagramChannel channel, Answers answers, Forwarder forwarder, Pace pace, Executor tasks) {
    void serve() {
        var buffer = ByteBuffer.allocate(Query.LARGEST_UDP + 1);
        try {
            while (channel.isOpen()) {
                pace.next();
                receive(buffer.clear());
            }
        } catch (InterruptedException | RejectedExecutionException e) {
            // the resolver is being closed
        }
    }

    private void receive(ByteBuffer buffer) {
        try {
            var client = channel.receive(buffer);
            if (buffer.position() > Query.LARGEST_UDP) return;
            var message = ByteBuffer.allocate(buffer.flip().limit()).put(buffer).flip();
            switch (answers.to(message, Transport.UDP)) {
                case Response.None _ -> {}
                case Response.Reply reply -> channel.send(reply.message(), client);
                case Response.Forward(var query) -> forward(query, client);
            }
        } catch (IOException e) {
            // that reply cannot be sent, a firewall of the container's may forbid it; or the end
        }
    }

    private void forward(Query query, SocketAddress client) {
        if (!forwarder.reserve()) return;
        tasks.execute(() -> {
            var reply = forwarder.ask(query, Transport.UDP);
            try {
                channel.send(reply, client);
            } catch (IOException e) {
                // as above
            }
        });
    }
}
