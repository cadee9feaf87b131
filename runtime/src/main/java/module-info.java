/**
 * From a decided {@link dev.rootbound.runtime.BundleSpec} to a process: OCI bundle, runtime,
 * monitor, streams, exit. Decides nothing about policy. Read {@link dev.rootbound.runtime.Monitors}
 * first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.runtime {
    requires static org.jspecify;
    requires transitive dev.rootbound.linux;
    requires transitive dev.rootbound.idmap;
    requires transitive dev.rootbound.oci;

    exports dev.rootbound.runtime;

    opens dev.rootbound.runtime to
            tools.jackson.databind;
}
