package dev.rootbound.network;

import static java.lang.System.Logger.Level.WARNING;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/** What is said to a message, whatever it is. Knows no socket. */
final class Answers {
    private static final System.Logger LOG = System.getLogger(Answers.class.getName());
    private static final int IN = 1;
    private static final int A = 1;
    private static final int PTR = 12;
    private static final int AAAA = 28;

    private final Names names;
    private final RandomGenerator random;
    private final AtomicBoolean failed = new AtomicBoolean();

    Answers(Names names, RandomGenerator random) {
        this.names = names;
        this.random = random;
    }

    Response to(ByteBuffer message, Transport transport) {
        if (!Query.isQuery(message)) return new Response.None(); // two servers would answer forever
        if (!Query.isStandard(message))
            return new Response.Reply(Replies.refusal(message, Replies.NOTIMP));
        Query query;
        try {
            query = Query.parse(message);
        } catch (MalformedQuery e) {
            return new Response.Reply(Replies.refusal(message, Replies.FORMERR));
        }
        try {
            return to(query, transport);
        } catch (RuntimeException e) {
            report(query, e);
            return new Response.Reply(Replies.failure(query));
        }
    }

    private Response to(Query query, Transport transport) {
        var data = query.dnsClass() == IN ? data(query) : Optional.<List<byte[]>>empty();
        if (data.isEmpty()) return new Response.Forward(query);
        return new Response.Reply(Replies.answer(query, data.get(), transport.limit(query)));
    }

    /** Empty if the name is not ours; no data if it is, but has nothing of the type. */
    private Optional<List<byte[]>> data(Query query) {
        if (query.type() == PTR) {
            var name = ReverseName.address(query.name()).flatMap(names::name);
            if (name.isPresent()) return name.map(each -> Replies.name(each).stream().toList());
        }
        var all = names.addresses(query.name());
        if (all.isEmpty()) return Optional.empty();
        return Optional.of(
                switch (query.type()) {
                    case A -> rotated(all, Inet4Address.class);
                    case AAAA -> rotated(all, Inet6Address.class);
                    default -> List.of();
                });
    }

    private List<byte[]> rotated(List<InetAddress> all, Class<? extends InetAddress> family) {
        var data = new ArrayList<byte[]>();
        for (var each : all) {
            if (family.isInstance(each)) data.add(each.getAddress());
        }
        // at random: a count would give each of two names that are asked in turn its first only
        if (data.size() > 1) Collections.rotate(data, random.nextInt(data.size()));
        return data;
    }

    /** Once: a container may ask for the same thing again and again. */
    private void report(Query query, RuntimeException failure) {
        if (!failed.getAndSet(true))
            LOG.log(WARNING, "answer the DNS query for " + query.name(), failure);
    }
}
