package dev.rootbound.network;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Messages that answer a query, RFC 1035 section 4.1; ready to be sent. */
final class Replies {
    static final int FORMERR = 1;
    static final int SERVFAIL = 2;
    static final int NOTIMP = 4;
    static final int REFUSED = 5;

    private static final int QR = 0x8000;
    private static final int TC = 0x0200;
    private static final int RA = 0x0080;

    /** OPCODE and RD of the query, and CD of RFC 4035, are the reply's, too. */
    private static final int OF_QUERY = 0x7900 | 0x0010;

    private static final int TTL_SECONDS = 600; // Docker's
    private static final short NAME_OF_QUESTION = (short) (0xC000 | Query.HEADER);
    private static final int RECORD = 12; // without its data
    private static final int OPT = 11;

    private Replies() {}

    /** To what cannot be read further than its header. */
    static ByteBuffer refusal(ByteBuffer message, int code) {
        return header(ByteBuffer.allocate(Query.HEADER), message, code).rewind();
    }

    /** Nobody has an answer. */
    static ByteBuffer failure(Query query) {
        return reply(query, SERVFAIL, List.of());
    }

    /** There is an answer, by TCP. */
    static ByteBuffer truncated(Query query) {
        return reply(query, TC | RA, List.of());
    }

    /**
     * With a record of the type that was asked for each of {@code data}, as many as go into {@code
     * limit} bytes.
     */
    static ByteBuffer answer(Query query, List<byte[]> data, int limit) {
        int room = limit - query.end() - (query.udpSize() == 0 ? 0 : OPT);
        int fitting = 0;
        for (var each : data) {
            room -= RECORD + each.length;
            if (room < 0) break;
            fitting++;
        }
        return reply(query, fitting < data.size() ? TC | RA : RA, data.subList(0, fitting));
    }

    /** A name as the data of a record; empty if it is too long for one. */
    static Optional<byte[]> name(String name) {
        var bytes = new ByteArrayOutputStream();
        for (var label : name.split("\\.", -1)) {
            var text = label.getBytes(StandardCharsets.UTF_8);
            if (text.length == 0 || text.length > 63) return Optional.empty();
            bytes.write(text.length);
            bytes.writeBytes(text);
        }
        bytes.write(0);
        return bytes.size() > 255 ? Optional.empty() : Optional.of(bytes.toByteArray());
    }

    private static ByteBuffer reply(Query query, int flags, List<byte[]> data) {
        int size = query.end() + OPT;
        for (var each : data) size += RECORD + each.length;
        var out = header(ByteBuffer.allocate(size), query.message(), flags);
        out.putShort(4, (short) 1).putShort(6, (short) data.size());
        out.put(Query.HEADER, query.message(), Query.HEADER, query.end() - Query.HEADER);
        out.position(query.end());
        for (var each : data) {
            out.putShort(NAME_OF_QUESTION);
            out.putShort((short) query.type()).putShort((short) query.dnsClass());
            out.putInt(TTL_SECONDS).putShort((short) each.length).put(each);
        }
        if (query.udpSize() != 0) {
            out.putShort(10, (short) 1);
            // the root's name, type 41, our size; version 0, no flags, no options: RFC 6891
            out.put((byte) 0).putShort((short) 41).putShort((short) Query.LARGEST_UDP);
            out.putInt(0).putShort((short) 0);
        }
        return out.flip();
    }

    private static ByteBuffer header(ByteBuffer out, ByteBuffer query, int flags) {
        return out.putShort(0, query.getShort(0))
                .putShort(2, (short) (QR | (query.getShort(2) & OF_QUERY) | flags));
    }
}
