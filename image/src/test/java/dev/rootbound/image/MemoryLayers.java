package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Layers as lists of names, under the same rules as real ones. */
final class MemoryLayers implements LayerSink {
    final Map<Digest, List<String>> layers = new ConcurrentHashMap<>();
    final AtomicInteger unpacked = new AtomicInteger();
    long maxSize = Long.MAX_VALUE;

    @Override
    public Set<Digest> list() {
        return Set.copyOf(layers.keySet());
    }

    @Override
    public long maxSize() {
        return maxSize;
    }

    @Override
    public boolean has(Digest diffId) {
        return layers.containsKey(diffId);
    }

    @Override
    public synchronized void unpack(Digest diffId, InputStream in) throws IOException {
        if (has(diffId)) return;
        var tar = new TarReader(in);
        var names = new ArrayList<String>();
        for (var entry = tar.next(); entry != null; entry = tar.next()) {
            names.add(entry.printableName());
        }
        in.transferTo(OutputStream.nullOutputStream());
        unpacked.incrementAndGet();
        layers.put(diffId, names);
    }

    @Override
    public List<String> check(Digest diffId, InputStream in) throws IOException {
        var again = new MemoryLayers();
        again.unpack(diffId, in);
        return Objects.equals(again.layers.get(diffId), layers.get(diffId))
                ? List.of()
                : List.of("it has other names");
    }

    @Override
    public void drop(Digest diffId) {
        layers.remove(diffId);
    }
}
