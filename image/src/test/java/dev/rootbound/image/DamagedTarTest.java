package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DamagedTarTest {
    private static final int ROUNDS = 8_000;

    @Test
    @Timeout(20)
    void aDamagedArchiveIsReadOrRefusedAndNothingElse() throws Exception {
        var random = new Random(20261121);
        var whole = Tars.join(ours(), commons());
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            if (!isRead(damage(whole, random))) refused++;
        }
        assertThat(refused).isBetween(ROUNDS / 10, ROUNDS - 1);
    }

    /** Whatever the bytes; false if they are refused as they should. */
    static boolean isRead(byte[] archive) throws IOException {
        try (var tar = new TarReader(new ByteArrayInputStream(archive))) {
            for (var entry = tar.next(); entry != null; entry = tar.next()) {
                assertThat(entry.name()).isNotEmpty();
                assertThat(entry.size()).isNotNegative();
                assertThat(Tars.content(tar).length).isLessThanOrEqualTo(archive.length);
            }
            return true;
        } catch (TarException _) {
            return false;
        }
    }

    /** A few bytes changed, the headers' checksums made right again so that the damage counts. */
    private static byte[] damage(byte[] whole, Random random) {
        var damaged = whole.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(damaged.length);
            damaged[at] = interesting(random);
        }
        for (int at = 0; at + 512 <= damaged.length; at += 512) {
            if (whole[at + 257] == 'u') repair(damaged, at);
        }
        return random.nextInt(8) == 0
                ? Arrays.copyOf(damaged, random.nextInt(damaged.length))
                : damaged;
    }

    private static byte interesting(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> (byte) "0123456789=, \n-SxgLK".charAt(random.nextInt(20));
            case 1 -> 0;
            case 2 -> (byte) 0xff;
            default -> (byte) random.nextInt();
        };
    }

    /** Makes the checksum of the header there right. */
    static void repair(byte[] tar, int at) {
        Arrays.fill(tar, at + 148, at + 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) sum += tar[at + i] & 0xff;
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(UTF_8), 0, tar, at + 148, 8);
    }

    /** Without its trailer. */
    private static byte[] ours() {
        var v10 =
                Tars.join(
                        Tars.record("GNU.sparse.major", "1"),
                        Tars.record("GNU.sparse.minor", "0"),
                        Tars.record("GNU.sparse.name", "s10"),
                        Tars.record("GNU.sparse.realsize", "1000"));
        var v01 =
                Tars.join(
                        Tars.record("GNU.sparse.size", "1000"),
                        Tars.record("GNU.sparse.map", "10,4,600,2"));
        var map = Arrays.copyOf("2\n10\n4\n600\n2\n".getBytes(UTF_8), 518);
        var tar =
                Tars.tar(t -> {
                    t.directory("d", 0755);
                    t.add('g', "g", 0, "", Tars.record("comment", "global"));
                    t.add('x', "x", 0, "", v10);
                    t.file("f", 0644, map);
                    t.add('x', "x", 0, "", v01);
                    t.file("f", 0644, new byte[6]);
                    t.add('x', "x", 0, "", Tars.record("SCHILY.xattr.user.a", "b"));
                    t.symlink("s", "target");
                });
        return Arrays.copyOf(tar, tar.length - 1024);
    }

    private static byte[] commons() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new TarArchiveOutputStream(bytes)) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
            var file = new TarArchiveEntry("n".repeat(150));
            file.setIds(5_000_000, 5_000_000);
            file.setSize(700);
            out.putArchiveEntry(file);
            out.write(new byte[700]);
            out.closeArchiveEntry();
        }
        return Arrays.copyOf(bytes.toByteArray(), 5 * 1024);
    }
}
