package dev.rootbound.network;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * A question as it came from a container, RFC 1035 section 4.1: bytes to distrust.
 *
 * @param message all of it
 * @param name in lower case, without a trailing dot; a byte that no host name has is {@code \DDD},
 *     so that a dot within a label separates nothing
 * @param end where the question ends in the message
 * @param udpSize the largest reply by UDP that its sender takes, RFC 6891; 0 if it does not say
 */
record Query(ByteBuffer message, String name, int type, int dnsClass, int end, int udpSize) {
    static final int HEADER = 12;

    /** Of queries, and of replies by UDP: more would be fragmented on many ways. */
    static final int LARGEST_UDP = 4096;

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_LABEL = 63;
    private static final int POINTER = 0xC0;
    private static final int OPT = 41;

    /**
     * Reads a message that {@link #isQuery} and {@link #isStandard}.
     *
     * @throws MalformedQuery if it is not one question that is written out
     */
    static Query parse(ByteBuffer message) throws MalformedQuery {
        var in = message.duplicate();
        try {
            int questions = count(in, 4);
            if (questions != 1) throw new MalformedQuery(questions + " questions, not one");
            in.position(HEADER);
            var name = name(in);
            int type = number(in);
            int dnsClass = number(in);
            return new Query(message, name, type, dnsClass, in.position(), udpSize(in));
        } catch (BufferUnderflowException e) {
            throw new MalformedQuery("ends within a name or record");
        }
    }

    /** Whether it asks, rather than answers. */
    static boolean isQuery(ByteBuffer message) {
        return message.limit() >= HEADER && (message.get(2) & 0x80) == 0;
    }

    /** Whether its OPCODE is QUERY. */
    static boolean isStandard(ByteBuffer message) {
        return (message.get(2) & 0x78) == 0;
    }

    short id() {
        return message.getShort(0);
    }

    /** A copy with another ID, to be sent. */
    ByteBuffer withId(short id) {
        var copy = ByteBuffer.allocate(message.limit()).put(message.duplicate().rewind()).flip();
        return copy.putShort(0, id);
    }

    /** Whether it is a reply to this very question, asked with that ID; RFC 5452 section 9.1. */
    boolean isAnsweredBy(ByteBuffer reply, short id) {
        if (reply.limit() < end || Query.isQuery(reply)) return false;
        if (reply.getShort(0) != id || count(reply, 4) != 1) return false;
        for (int i = HEADER; i < end; i++) {
            if (lower(reply.get(i)) != lower(message.get(i))) return false;
        }
        return true;
    }

    /** Label after label. A pointer would point into the header or back into the name itself. */
    private static String name(ByteBuffer in) throws MalformedQuery {
        var name = new StringBuilder();
        int start = in.position();
        for (int length = in.get() & 0xFF; length != 0; length = in.get() & 0xFF) {
            if (length > LONGEST_LABEL) throw new MalformedQuery("a compressed or unknown label");
            if (in.position() + length - start >= LONGEST_NAME)
                throw new MalformedQuery("a name of more than 255 bytes");
            if (!name.isEmpty()) name.append('.');
            for (int i = 0; i < length; i++) append(name, lower(in.get()));
        }
        return name.toString();
    }

    private static void append(StringBuilder name, int each) {
        if (each > ' ' && each < 0x7F && each != '.' && each != '\\') name.append((char) each);
        else name.append(String.format(Locale.ROOT, "\\%03d", each));
    }

    /** Of the OPT record among those after the question. */
    private static int udpSize(ByteBuffer in) throws MalformedQuery {
        int size = 0;
        int records = count(in, 6) + count(in, 8) + count(in, 10);
        for (int i = 0; i < records; i++) {
            skipName(in);
            int type = number(in);
            int dnsClass = number(in);
            in.getInt();
            skip(in, number(in));
            if (type == OPT) size = dnsClass;
        }
        return size;
    }

    /** A pointer ends a name: it is not followed. */
    private static void skipName(ByteBuffer in) throws MalformedQuery {
        for (int length = in.get() & 0xFF; length != 0; length = in.get() & 0xFF) {
            if ((length & POINTER) == POINTER) {
                in.get();
                return;
            }
            if (length > LONGEST_LABEL) throw new MalformedQuery("an unknown label");
            skip(in, length);
        }
    }

    private static void skip(ByteBuffer in, int bytes) {
        if (in.remaining() < bytes) throw new BufferUnderflowException();
        in.position(in.position() + bytes);
    }

    private static int number(ByteBuffer in) {
        return in.getShort() & 0xFFFF;
    }

    private static int count(ByteBuffer message, int at) {
        return message.getShort(at) & 0xFFFF;
    }

    private static int lower(byte each) {
        return each >= 'A' && each <= 'Z' ? each + ('a' - 'A') : each & 0xFF;
    }
}
