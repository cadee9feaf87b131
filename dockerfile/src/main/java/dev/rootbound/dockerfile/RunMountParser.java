package dev.rootbound.dockerfile;

import org.jspecify.annotations.Nullable;

/** Collects the options of one mount and looks at whether they go together. */
final class RunMountParser {
    private static final long LAST_ID = 0xFFFF_FFFFL;

    private RunMount.Type type = RunMount.Type.BIND;
    private @Nullable String id;
    private @Nullable String from;
    private @Nullable String source;
    private @Nullable String target;
    private @Nullable Boolean readOnly;
    private boolean required;
    private RunMount.@Nullable Sharing sharing;
    private @Nullable Integer mode;
    private @Nullable Long uid;
    private @Nullable Long gid;
    private @Nullable Long size;
    private @Nullable String environment;

    void set(String key) {
        switch (key) {
            case "readonly", "ro" -> readOnly = true;
            case "readwrite", "rw" -> readOnly = false;
            case "required" -> require("true");
            default ->
                    throw new IllegalArgumentException(
                            RunMount.KEYS.contains(key)
                                    ? "'" + key + "' needs a value: " + key + "=…"
                                    : unknown(key));
        }
    }

    void set(String key, String value) {
        switch (key) {
            case "type" -> type = type(value);
            case "from" -> from = value;
            case "source", "src" -> source = value;
            case "target", "dst", "destination" -> target = value;
            case "readonly", "ro" -> readOnly = Numbers.parseBoolean(value);
            case "readwrite", "rw" -> readOnly = !Numbers.parseBoolean(value);
            case "required" -> require(value);
            case "size" -> {
                if (type != RunMount.Type.TMPFS) throw notFor(key);
                size = Numbers.parseBytes(value);
            }
            case "id" -> id = value;
            case "sharing" -> sharing = sharing(value);
            case "mode" -> mode = (int) number(key, value, 8);
            case "uid" -> uid = number(key, value, 10);
            case "gid" -> gid = number(key, value, 10);
            case "env" -> environment = value;
            default -> throw new IllegalArgumentException(unknown(key));
        }
    }

    RunMount mount() {
        check();
        boolean writable = type == RunMount.Type.CACHE || type == RunMount.Type.TMPFS;
        return new RunMount(
                type,
                id,
                from,
                source,
                target,
                readOnly == null ? !writable : readOnly,
                required,
                sharing == null ? RunMount.Sharing.SHARED : sharing,
                new RunMount.Owner(mode, uid, gid),
                size,
                environment);
    }

    private void check() {
        boolean owned =
                type == RunMount.Type.SECRET
                        || type == RunMount.Type.SSH
                        || type == RunMount.Type.CACHE;
        if (mode != null && !owned) throw notFor("mode");
        if (uid != null && !owned) throw notFor("uid");
        if (gid != null && !owned) throw notFor("gid");
        if (sharing != null && type != RunMount.Type.CACHE) throw notFor("sharing");
        if (environment != null && type != RunMount.Type.SECRET) throw notFor("env");
        if (type != RunMount.Type.SECRET) return;
        if (from != null && !from.isEmpty()) throw notFor("from");
        if (isEmpty(source) && isEmpty(target) && isEmpty(id))
            throw new IllegalArgumentException("a secret mount needs id= or target=");
        if (!isEmpty(source) && !isEmpty(id))
            throw new IllegalArgumentException(
                    "source= of a secret mount is its id: only one of both can be given");
    }

    private static boolean isEmpty(@Nullable String value) {
        return value == null || value.isEmpty();
    }

    private void require(String value) {
        if (type != RunMount.Type.SECRET && type != RunMount.Type.SSH) throw notFor("required");
        required = Numbers.parseBoolean(value);
    }

    private IllegalArgumentException notFor(String key) {
        return new IllegalArgumentException("'" + key + "' is no option of a " + type + " mount");
    }

    private static String unknown(String key) {
        return "'" + key + "' is no option of a mount" + Names.meant(key, RunMount.KEYS);
    }

    private static RunMount.Type type(String value) {
        return switch (Names.lower(value)) {
            case "bind" -> RunMount.Type.BIND;
            case "cache" -> RunMount.Type.CACHE;
            case "tmpfs" -> RunMount.Type.TMPFS;
            case "secret" -> RunMount.Type.SECRET;
            case "ssh" -> RunMount.Type.SSH;
            default ->
                    throw new IllegalArgumentException(
                            "not a type of mount: "
                                    + value
                                    + "; there are bind, cache, tmpfs, secret and ssh");
        };
    }

    private static RunMount.Sharing sharing(String value) {
        return switch (Names.lower(value)) {
            case "shared" -> RunMount.Sharing.SHARED;
            case "private" -> RunMount.Sharing.PRIVATE;
            case "locked" -> RunMount.Sharing.LOCKED;
            default ->
                    throw new IllegalArgumentException(
                            "not a sharing: " + value + "; there are shared, private and locked");
        };
    }

    private static long number(String key, String value, int radix) {
        long last = radix == 8 ? 07777 : LAST_ID;
        boolean digits =
                !value.isEmpty()
                        && value.length() <= 12
                        && value.chars().allMatch(c -> c >= '0' && c < '0' + radix);
        long number = digits ? Long.parseLong(value, radix) : -1;
        if (number < 0 || number > last)
            throw new IllegalArgumentException("not a " + key + ": " + value);
        return number;
    }
}
