package dev.rootbound.idmap;

import java.io.IOException;

/** Every block of the pool is leased. The message says how to enlarge it. */
final class PoolExhausted extends IOException {
    private static final long serialVersionUID = 1L;

    PoolExhausted(String message) {
        super(message);
    }
}
