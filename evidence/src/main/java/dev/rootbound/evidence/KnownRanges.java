package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import java.util.List;
import java.util.Optional;

/**
 * Ranges that systemd keeps for itself on each host, used or not: https://systemd.io/UIDS-GIDS/.
 */
final class KnownRanges {
    /** A range and what it is for. */
    record Known(IdRange range, String purpose) {}

    static final List<Known> SYSTEMD =
            List.of(
                    new Known(range(60_001, 60_513), "systemd's users with homes of their own"),
                    new Known(range(61_184, 65_519), "systemd's dynamic users"),
                    new Known(range(65_534, 65_534), "nobody: who is not mapped"),
                    new Known(range(65_535, 65_535), "no id: (uid_t)-1 of 16 bits"),
                    new Known(range(0x8_0000L, 0x6FFF_FFFFL), "systemd's containers"));

    private KnownRanges() {}

    private static IdRange range(long first, long last) {
        return new IdRange(first, last - first + 1);
    }

    static Optional<Known> of(long id) {
        return SYSTEMD.stream().filter(known -> known.range().contains(id)).findFirst();
    }
}
