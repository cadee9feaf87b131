package dev.rootbound.engine;

import org.jspecify.annotations.Nullable;

/**
 * A volume in a container.
 *
 * @param volume its name; empty when asked for: a new one, made for this container
 * @param target absolute path inside
 * @param anonymous whether it is deleted with the container when that is asked for
 * @param noCopy whether it stays empty, though the image has files at the target
 * @param subpath what of the volume is mounted, a path in it; empty: all, as in the state files of
 *     engines that had none
 * @param making what it is to be if it is not there; {@code null} likewise
 * @param source where its files are on the host; empty when asked for
 * @param bind the directory of the host that it is, if it is one; {@code null} when asked for
 */
public record VolumeMount(
        String volume,
        String target,
        boolean readOnly,
        boolean anonymous,
        boolean noCopy,
        String subpath,
        Volumes.Making making,
        String source,
        @Nullable BindMount bind) {
    public VolumeMount {
        subpath = subpath == null ? "" : subpath;
        making = making == null ? Volumes.Making.PLAIN : making;
    }

    /** A new one. */
    public static VolumeMount anonymous(String target) {
        return named("", target, false, false).withAnonymous();
    }

    /** One that has a name; made if it is not there. */
    public static VolumeMount named(
            String volume, String target, boolean readOnly, boolean noCopy) {
        var making = Volumes.Making.PLAIN;
        return new VolumeMount(volume, target, readOnly, false, noCopy, "", making, "", null);
    }

    /** The same, deleted with its container when that is asked for. */
    public VolumeMount withAnonymous() {
        return new VolumeMount(
                volume, target, readOnly, true, noCopy, subpath, making, source, bind);
    }

    /** The same of a volume that is to be made so, or of a part of one. */
    public VolumeMount with(Volumes.Making given, String part) {
        return new VolumeMount(
                volume, target, readOnly, anonymous, noCopy, part, given, source, bind);
    }

    VolumeMount withName(String changed) {
        return new VolumeMount(
                changed, target, readOnly, anonymous, noCopy, subpath, making, source, bind);
    }

    VolumeMount withReadOnly(boolean changed) {
        return new VolumeMount(
                volume, target, changed, anonymous, noCopy, subpath, making, source, bind);
    }

    /** Another container's: its files are not this one's image's. */
    VolumeMount withoutCopy() {
        return new VolumeMount(
                volume, target, readOnly, anonymous, true, subpath, making, source, bind);
    }

    /** The volume that is there. */
    VolumeMount of(Volume found) {
        var path = found.path().toString();
        return new VolumeMount(
                volume, target, readOnly, anonymous, noCopy, subpath, making, path, found.bind());
    }
}
