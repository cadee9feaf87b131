package dev.rootbound.image;

import dev.rootbound.image.TarEntry.Extent;
import dev.rootbound.image.TarHeader.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A header and its pax records made into an entry. */
final class TarEntries {
    private TarEntries() {}

    /** Seconds and nanoseconds since the epoch; nanoseconds count upwards also before it. */
    private record Time(long seconds, int nanos) {}

    static TarEntry entry(
            TarHeader header,
            PaxRecords pax,
            byte[] name,
            TarEntry.Type type,
            byte[] link,
            long size,
            List<Extent> sparse)
            throws TarException {
        var time = time(header, pax);
        boolean device =
                type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        var user = pax.value("uname");
        var userName = new String(user != null ? user : header.userName(), StandardCharsets.UTF_8);
        return new TarEntry(
                name,
                type,
                (int) (header.number(Field.MODE) & 07777),
                id(header, pax, Field.UID, "uid"),
                id(header, pax, Field.GID, "gid"),
                userName.isEmpty() ? null : userName,
                size,
                time.seconds,
                time.nanos,
                link,
                device ? device(header, pax, Field.DEVICE_MAJOR, "SCHILY.devmajor") : 0,
                device ? device(header, pax, Field.DEVICE_MINOR, "SCHILY.devminor") : 0,
                pax.xattrs(),
                sparse);
    }

    private static long id(TarHeader header, PaxRecords pax, Field field, String key)
            throws TarException {
        long id = pax.has(key) ? pax.number(key, 0) : header.number(field);
        if (id < 0) throw new TarException("its " + key + " is " + id);
        return id;
    }

    private static int device(TarHeader header, PaxRecords pax, Field field, String key)
            throws TarException {
        long number = pax.has(key) ? pax.number(key, 0) : header.number(field);
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw new TarException("its device number is " + number);
        }
        return (int) number;
    }

    private static Time time(TarHeader header, PaxRecords pax) throws TarException {
        var value = pax.value("mtime");
        if (value == null) return new Time(header.number(Field.MTIME), 0);
        boolean negative = value[0] == '-';
        int start = negative ? 1 : 0;
        int point = start;
        while (point < value.length && value[point] != '.') point++;
        long seconds = TarNumbers.decimal(value, start, point, "mtime");
        int nanos = nanos(value, point + 1);
        if (!negative) return new Time(seconds, nanos);
        return nanos == 0 ? new Time(-seconds, 0) : new Time(-seconds - 1, 1_000_000_000 - nanos);
    }

    /** Digits beyond the ninth are dropped. */
    private static int nanos(byte[] value, int start) throws TarException {
        int nanos = 0;
        int scale = 100_000_000;
        for (int i = start; i < value.length; i++, scale /= 10) {
            int digit = value[i] - '0';
            if (digit < 0 || digit > 9) throw new TarException("its mtime is not a number");
            nanos += digit * scale;
        }
        return nanos;
    }
}
