package dev.rootbound.engine;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Names that nobody has. */
final class RandomId {
    private static final int BYTES = 32;

    private RandomId() {}

    /** 64 hexadecimal digits, as Docker's ids have. */
    static String next(RandomGenerator random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
