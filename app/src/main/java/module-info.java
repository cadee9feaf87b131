/**
 * The executable: configuration, wiring, the commands of the CLI. Read {@link
 * dev.rootbound.app.Main} first.
 */
@org.jspecify.annotations.NullMarked
module dev.rootbound.app {
    requires static org.jspecify;
    requires dev.rootbound.build;
    requires dev.rootbound.docker;
    requires dev.rootbound.dockerfile;
    requires dev.rootbound.linux;
    requires java.net.http;
    requires jdk.unsupported;
}
