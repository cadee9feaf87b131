package dev.rootbound.docker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The way out to one client: blocks while the client does not read. For any number of threads. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
final class Wire {
    private final Channel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    Wire(Channel channel) {
        this.channel = channel;
    }

    /** Sends the parts as one piece, at once. The arrays belong to the wire from then on. */
    void send(byte[]... parts) throws IOException {
        lock.lock();
        try {
            while (channel.isActive() && !channel.isWritable()) {
                changed.await();
            }
            if (!channel.isActive()) {
                throw new IOException("the client has gone");
            }
            ByteBuf bytes = Unpooled.wrappedBuffer(parts);
            channel.writeAndFlush(bytes)
                    .addListener(done -> {
                        if (!done.isSuccess()) {
                            channel.close();
                        }
                    });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while answering");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            lock.unlock();
        }
    }

    /** The channel has become writable or inactive. */
    void changed() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
