using Tocsin.Model.Crashes;

namespace Tocsin.Crashes.Stacks;

/// <summary>Tells the application's own frames from those of runtimes and libraries.</summary>
internal static class FrameOwner
{
    /// <summary>First parts of names that belong to runtimes and well-known libraries.</summary>
    private static readonly HashSet<string> s_roots = new(StringComparer.Ordinal)
    {
        // .NET
        "System", "Microsoft", "Mono", "Interop", "Internal", "Newtonsoft", "Serilog", "NLog", "log4net", "Npgsql",
            "MySql",
        "MySqlConnector", "Oracle", "Polly", "Dapper", "StackExchange", "RabbitMQ", "Confluent", "MassTransit",
            "MediatR",
        "AutoMapper", "FluentValidation", "Hangfire", "Quartz", "Grpc", "Google", "Amazon", "Azure", "Swashbuckle",
            "Castle",
        "Autofac", "NHibernate", "MongoDB", "Elastic", "Nest", "OpenTelemetry", "Sentry", "Xunit", "NUnit", "FsCheck",
        "Refit", "RestSharp", "Marten", "Wolverine", "NServiceBus", "Akka", "Orleans", "Nito", "FSharp",
            "IdentityModel",
        "lambda_method", "DynamicClass",
        // JVM
        "java", "javax", "jdk", "sun", "jakarta", "kotlin", "kotlinx", "scala", "groovy",
    };

    private static readonly string[] s_prefixes =
    [
        "TocsinSdk.",
        "com.sun.", "com.google.", "com.fasterxml.", "com.zaxxer.", "com.mysql.", "org.springframework.",
            "org.apache.", "org.hibernate.",
        "org.eclipse.", "org.postgresql.", "org.junit.", "org.jboss.", "org.slf4j.", "io.netty.", "io.grpc.",
            "io.vertx.",
        "io.micrometer.", "io.opentelemetry.", "io.quarkus.", "io.micronaut.", "reactor.", "okhttp3.", "ch.qos.",
    ];

    private static readonly string[] s_libraryPaths =
    [
        "node_modules", "site-packages", "dist-packages", "/lib/python", "\\lib\\python", "<frozen", "<string>",
            "<stdin>", "node:", "internal/",
        "/.venv/", "/usr/lib/", "webpack/runtime",
    ];

    public static bool IsApplication(CrashFrame frame) => IsApplication(frame, FrameName.Identity(frame.Method));

    /// <param name="frame">The frame as reported.</param>
    /// <param name="identity">Its <see cref="FrameName.Identity(string)"/>.</param>
    public static bool IsApplication(CrashFrame frame, string identity)
    {
        if (identity.Length == 0 || IsNative(frame))
            return false;
        if (frame.File is { } file && s_libraryPaths.Any(p => file.Contains(p, StringComparison.Ordinal)))
            return false;
        int dot = identity.IndexOf('.');
        return !s_roots.Contains(dot < 0 ? identity : identity[..dot])
            && !s_prefixes.Any(p => identity.StartsWith(p, StringComparison.Ordinal))
            && !frame.Method.Contains("$$Lambda", StringComparison.Ordinal)
            && !frame.Method.Contains("GeneratedMethodAccessor", StringComparison.Ordinal);
    }

    /// <summary>"libcoreclr.so!…" and frames that are only an address.</summary>
    private static bool IsNative(CrashFrame frame) =>
        frame.Method.Contains('!')
        || frame.Method.StartsWith("0x", StringComparison.Ordinal)
        || frame.Module is { } module
            && (module.Contains(".so", StringComparison.Ordinal)
            || module.EndsWith(".dylib", StringComparison.Ordinal));
}
