using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TocsinSdk;
using TocsinSdk.Configuration;
using TocsinSdk.Health;
using TocsinSdk.Logging;
using TocsinSdk.Runs;
using TocsinSdk.Telemetry;
using TocsinSdk.Transport;

// The namespace of the type it extends, so that applications need no using of their own.
namespace Microsoft.Extensions.Hosting;

/// <summary>Adds Tocsin to an application with a host.</summary>
public static class TocsinHostExtensions
{
    /// <summary>
    /// Watches the process from now on and exports its logs, traces and metrics once the host runs. Calling it again
    /// changes nothing.
    /// </summary>
    /// <exception cref="ArgumentException">An option cannot be used; the message says which, and what was expected.</exception>
    public static TBuilder AddTocsin<TBuilder>(this TBuilder builder, Action<TocsinOptions>? configure = null)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(static s => s.ServiceType == typeof(ProcessRun)))
            return builder;
        var run = ProcessRun.Start(new SettingsSource(configure, SurroundingsOf(builder)));
        builder.Services.AddSingleton(run);
        // First in line: started before, and stopped after, every service of the application.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService, HostTelemetry>());
        HealthServices.Add(builder.Services, run);
        if (run.TakeConsole(hosted: true))
            RemoveFrameworkConsole(builder.Services);
        builder.Logging.AddProvider(run.Logs);
        builder.Services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(new FrameworkLevels(run.Logs.Levels));
        return builder;
    }

    // The host adds it by itself; every record would stand there twice.
    private static void RemoveFrameworkConsole(IServiceCollection services)
    {
        for (var i = services.Count - 1; i >= 0; i--)
            if (services[i].ServiceType == typeof(ILoggerProvider) && !services[i].IsKeyedService
                && services[i].ImplementationType?.FullName == "Microsoft.Extensions.Logging.Console.ConsoleLoggerProvider")
                services.RemoveAt(i);
    }

    private static Settings.Surroundings SurroundingsOf(IHostApplicationBuilder builder)
    {
        var yaml = YamlFile.Find(
            Environment.GetEnvironmentVariable, TimeProvider.System,
            builder.Environment.ContentRootPath, AppContext.BaseDirectory);
        // Weaker than everything the host reads.
        if (yaml is not null)
            builder.Configuration.Sources.Insert(0, yaml);
        return new Settings.Surroundings(SettingsSource.Variables(), builder.Configuration, yaml)
        {
            ApplicationName = builder.Environment.ApplicationName is { Length: > 0 } name ? name : null,
            EnvironmentName = builder.Environment.EnvironmentName,
        };
    }
}
