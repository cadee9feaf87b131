package dev.rootbound.build;

import dev.rootbound.dockerfile.RunMount;
import java.util.HashMap;
import java.util.Map;

/** Which cache mounts the steps that run have to themselves, or share. */
final class CacheLocks {
    /** Who has a cache now: -1 alone, else how many share it. Guarded by this. */
    private final Map<String, Integer> users = new HashMap<>();

    /** The right to use a volume. */
    final class Held implements AutoCloseable {
        private final String key;
        private final String name;

        private Held(String key, String name) {
            this.key = key;
            this.name = name;
        }

        /** Of the volume. */
        String name() {
            return name;
        }

        @Override
        public void close() {
            synchronized (CacheLocks.this) {
                users.computeIfPresent(key, (_, n) -> n > 1 ? n - 1 : null);
                CacheLocks.this.notifyAll();
            }
        }
    }

    /** Waits for a locked one; of private ones takes another that nobody has. */
    synchronized Held hold(long tenant, String name, RunMount.Sharing sharing)
            throws InterruptedException {
        return switch (sharing) {
            case SHARED -> take(tenant, name, false);
            case LOCKED -> take(tenant, name, true);
            case PRIVATE -> {
                int other = 0;
                var free = name;
                while (users.containsKey(key(tenant, free))) free = name + "-" + ++other;
                yield take(tenant, free, true);
            }
        };
    }

    private Held take(long tenant, String name, boolean alone) throws InterruptedException {
        var key = key(tenant, name);
        while (!isFree(key, alone)) wait();
        users.merge(key, alone ? -1 : 1, Integer::sum);
        return new Held(key, name);
    }

    private boolean isFree(String key, boolean alone) {
        int now = users.getOrDefault(key, 0);
        return alone ? now == 0 : now >= 0;
    }

    private static String key(long tenant, String name) {
        return tenant + "/" + name;
    }
}
