package dev.rootbound.image;

import dev.rootbound.oci.Digest;

/** Told what a pull or push does. Called by several threads at once. */
public interface TransferProgress {
    /** Nobody is told. */
    TransferProgress SILENT =
            new TransferProgress() {
                @Override
                public void image(Reference reference) {}

                @Override
                public void layer(Digest layer, Step step, long done, long size) {}
            };

    /** Where a layer is. */
    enum Step {
        WAITING,
        DOWNLOADING,
        DOWNLOADED,
        UNPACKING,
        PULLED,
        HELD_BEFORE,
        PREPARING,
        PUSHING,
        PUSHED,
        PUSHED_BEFORE,
        MOUNTED
    }

    /** The image was found at its registry, or is what is pushed; its layers follow. */
    void image(Reference reference);

    /**
     * @param layer the digest of its blob; when pushed, of its content
     * @param done bytes of {@code size} in this step
     */
    void layer(Digest layer, Step step, long done, long size);
}
