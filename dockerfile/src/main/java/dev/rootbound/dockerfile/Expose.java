package dev.rootbound.dockerfile;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;

/**
 * {@code EXPOSE}: ports that the container listens on.
 *
 * @param words each {@code port[-port][/protocol]}, once it is expanded
 */
public record Expose(Source source, List<String> words) implements Instruction {
    public Expose {
        words = List.copyOf(words);
    }

    /** Here one word may become several: {@code EXPOSE $PORTS}. */
    @Override
    public Expose expanded(Variables variables) throws DockerfileException {
        return new Expose(source, new Words(source, variables).separate(words));
    }

    /**
     * The ports of expanded words, each as {@code 80/tcp}, in order and once.
     *
     * @throws DockerfileException if a word is no port
     */
    public List<String> ports() throws DockerfileException {
        var all = new TreeMap<String, BitSet>();
        for (var word : words) {
            try {
                var port = ExposedPort.parse(word);
                all.computeIfAbsent(port.protocol(), _ -> new BitSet())
                        .set(port.first(), port.last() + 1);
            } catch (IllegalArgumentException e) {
                throw source.error(word, String.valueOf(e.getMessage()));
            }
        }
        var ports = new ArrayList<String>();
        all.forEach((protocol, numbers) ->
                numbers.stream().forEach(port -> ports.add(port + "/" + protocol)));
        return ports;
    }
}
