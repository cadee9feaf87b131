package dev.rootbound.image;

import dev.rootbound.oci.Digest;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An image's name as Docker reads it: {@code [DOMAIN/]PATH[:TAG][@DIGEST]}, where {@code busybox}
 * means {@code docker.io/library/busybox} (distribution/reference's grammar and words).
 */
public record Reference(String domain, String path, @Nullable String tag, @Nullable Digest digest) {
    static final String DEFAULT_DOMAIN = "docker.io";
    static final String LEGACY_DOMAIN = "index.docker.io";
    private static final String OFFICIAL = "library/";
    private static final String DEFAULT_TAG = "latest";
    private static final String INVALID = "invalid reference format";
    private static final int MAX_PATH = 255;

    /** Longer than any reference that can pass; keeps the regular expression's work small. */
    private static final int MAX_TEXT = 1024;

    private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
    private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";

    /** Of a registry, without its port. */
    static final String HOST = "(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])";

    /** Of a path. */
    static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

    private static final Pattern GRAMMAR = grammar();

    private static Pattern grammar() {
        return Pattern.compile(
                ("(?<domain>" + HOST + "(?::[0-9]+)?)/")
                        + ("(?<path>" + COMPONENT + "(?:/" + COMPONENT + ")*)")
                        + ("(?::(?<tag>" + TAG + "))?")
                        + "(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*"
                        + ":[0-9a-fA-F]{32,}))?");
    }

    /**
     * Parses a familiar or full name; no tag is added.
     *
     * @throws IllegalArgumentException with Docker's words
     */
    public static Reference parse(String text) {
        if (IDENTIFIER.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "invalid repository name ("
                            + text
                            + "), cannot specify 64-byte hexadecimal strings");
        }
        if (text.isEmpty() || text.length() > MAX_TEXT) throw new IllegalArgumentException(INVALID);
        var full = withDomain(text);
        int slash = full.indexOf('/');
        int colon = full.indexOf(':', slash);
        var path = full.substring(slash + 1, colon < 0 ? full.length() : colon);
        if (!path.equals(path.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    INVALID + ": repository name (" + path + ") must be lowercase");
        }
        return match(full);
    }

    private static Reference match(String full) {
        var matcher = GRAMMAR.matcher(full);
        if (!matcher.matches()) throw new IllegalArgumentException(INVALID);
        var path = matcher.group("path");
        if (path.length() > MAX_PATH) {
            throw new IllegalArgumentException(
                    "repository name must not be more than " + MAX_PATH + " characters");
        }
        var digest = matcher.group("digest");
        return new Reference(
                matcher.group("domain"),
                path,
                matcher.group("tag"),
                digest == null ? null : digest(digest));
    }

    private static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(INVALID + ": " + e.getMessage(), e);
        }
    }

    /** The part before the first slash is a domain only if it looks like one. */
    private static String withDomain(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) return DEFAULT_DOMAIN + "/" + OFFICIAL + text;
        var first = text.substring(0, slash);
        var rest = text.substring(slash + 1);
        if (first.equals(LEGACY_DOMAIN) || first.equals(DEFAULT_DOMAIN)) {
            return DEFAULT_DOMAIN + "/" + (rest.contains("/") ? rest : OFFICIAL + rest);
        }
        return isDomain(first) ? text : DEFAULT_DOMAIN + "/" + text;
    }

    /** Whether a name's first part is a registry, its port included. */
    static boolean isDomain(String first) {
        return first.equals("localhost")
                || first.contains(".")
                || first.contains(":")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    /** With {@code latest} if it has neither tag nor digest. */
    public Reference withDefaultTag() {
        return tag == null && digest == null ? withTag(DEFAULT_TAG) : this;
    }

    /** With that digest in place of a tag. */
    Reference withDigest(Digest newDigest) {
        return new Reference(domain, path, null, newDigest);
    }

    /**
     * With a tag that somebody else says.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Reference withCheckedTag(String newTag) {
        if (!TAG.matcher(newTag).matches()) throw new IllegalArgumentException(INVALID);
        return withTag(newTag);
    }

    Reference withTag(String newTag) {
        return new Reference(domain, path, newTag, digest);
    }

    /** What it names in its repository: its digest counts, else its tag. */
    String tagOrDigest() {
        return String.valueOf(digest == null ? withDefaultTag().tag() : digest);
    }

    /**
     * Without tag and digest, as people write it: {@code busybox}. The default domain stays where
     * the path would be read as another.
     */
    public String familiarName() {
        int slash = path.indexOf('/');
        boolean needed = slash > 0 && isDomain(path.substring(0, slash));
        if (!domain.equals(DEFAULT_DOMAIN) || needed) return domain + "/" + path;
        boolean official = path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0;
        return official ? path.substring(OFFICIAL.length()) : path;
    }

    /** As people write it: {@code busybox:latest}. */
    public String familiar() {
        return familiarName() + suffix();
    }

    /** In full: {@code docker.io/library/busybox:latest}. */
    public String canonical() {
        return domain + "/" + path + suffix();
    }

    private String suffix() {
        return (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
    }

    @Override
    public String toString() {
        return familiar();
    }
}
