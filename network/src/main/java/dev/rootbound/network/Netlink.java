package dev.rootbound.network;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Messages of netlink(7) and their attributes, linux/netlink.h, as bytes. Pure. */
final class Netlink {
    static final int REQUEST = 1;
    static final int ACKNOWLEDGED = 4;
    static final int DUMP = 0x300;

    static final int ERROR = 2;
    static final int DONE = 3;

    private static final int HEADER = 16;
    private static final int ATTRIBUTE_HEADER = 4;

    /** Of an attribute's type, without NLA_F_NESTED and NLA_F_NET_BYTEORDER. */
    private static final int TYPE = 0x3FFF;

    private Netlink() {}

    /** A message without its header. */
    @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
    record Message(int type, byte[] content) {}

    static byte[] message(int type, int flags, byte[] content) {
        return buffer(HEADER + content.length)
                .putInt(HEADER + content.length)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(0)
                .putInt(0)
                .put(content)
                .array();
    }

    static byte[] attribute(int type, byte[] value) {
        int length = ATTRIBUTE_HEADER + value.length;
        return buffer(aligned(length))
                .putShort((short) length)
                .putShort((short) type)
                .put(value)
                .array();
    }

    /** Those of a packet; IllegalArgumentException if it is none. */
    static List<Message> messages(byte[] packet, int length) {
        var messages = new ArrayList<Message>();
        var buffer = ByteBuffer.wrap(packet, 0, length).order(ByteOrder.nativeOrder());
        try {
            while (buffer.remaining() >= HEADER) {
                int start = buffer.position();
                int size = buffer.getInt();
                int type = Short.toUnsignedInt(buffer.getShort());
                var content = new byte[Math.max(0, size - HEADER)];
                buffer.position(start + HEADER).get(content);
                messages.add(new Message(type, content));
                buffer.position(Math.min(length, start + aligned(size)));
            }
            return messages;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IllegalArgumentException("no netlink messages: " + e, e);
        }
    }

    /** Attributes by type, the first one of each; IllegalArgumentException if they are none. */
    static Map<Integer, byte[]> attributes(byte[] bytes, int from) {
        var attributes = new HashMap<Integer, byte[]>();
        try {
            var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).position(from);
            while (buffer.remaining() >= ATTRIBUTE_HEADER) {
                int start = buffer.position();
                int size = Short.toUnsignedInt(buffer.getShort());
                int type = Short.toUnsignedInt(buffer.getShort()) & TYPE;
                if (size < ATTRIBUTE_HEADER) throw new IllegalArgumentException("size " + size);
                var value = new byte[size - ATTRIBUTE_HEADER];
                buffer.get(value);
                attributes.putIfAbsent(type, value);
                buffer.position(Math.min(bytes.length, start + aligned(size)));
            }
            return attributes;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new IllegalArgumentException("no netlink attributes: " + e, e);
        }
    }

    /** Of an answer that says how it went: an errno(3), 0 if well. */
    static int errno(Message answer) {
        if (answer.type() != ERROR || answer.content().length < Integer.BYTES) return 0;
        return -ByteBuffer.wrap(answer.content()).order(ByteOrder.nativeOrder()).getInt();
    }

    static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (var part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    private static int aligned(int length) {
        return (length + 3) & ~3;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }
}
