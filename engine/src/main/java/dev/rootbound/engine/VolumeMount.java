package dev.rootbound.engine;

/**
 * A volume in a container.
 *
 * @param volume its name; empty when asked for: a new one, made for this container
 * @param target absolute path inside
 * @param anonymous whether it is deleted with the container when that is asked for
 * @param noCopy whether it stays empty, though the image has files at the target
 * @param source where its files are on the host; empty when asked for
 */
public record VolumeMount(
        String volume,
        String target,
        boolean readOnly,
        boolean anonymous,
        boolean noCopy,
        String source) {
    /** A new one. */
    public static VolumeMount anonymous(String target) {
        return new VolumeMount("", target, false, true, false, "");
    }

    /** One that has a name; made if it is not there. */
    public static VolumeMount named(
            String volume, String target, boolean readOnly, boolean noCopy) {
        return new VolumeMount(volume, target, readOnly, false, noCopy, "");
    }

    VolumeMount withName(String changed) {
        return new VolumeMount(changed, target, readOnly, anonymous, noCopy, source);
    }

    VolumeMount withReadOnly(boolean changed) {
        return new VolumeMount(volume, target, changed, anonymous, noCopy, source);
    }

    /** Another container's: its files are not this one's image's. */
    VolumeMount withoutCopy() {
        return new VolumeMount(volume, target, readOnly, anonymous, true, source);
    }

    VolumeMount withSource(String changed) {
        return new VolumeMount(volume, target, readOnly, anonymous, noCopy, changed);
    }
}
