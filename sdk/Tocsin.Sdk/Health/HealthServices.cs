using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TocsinSdk.Runs;

namespace TocsinSdk.Health;

/// <summary>Gives a host its watch over the health checks.</summary>
internal static class HealthServices
{
    public static void Add(IServiceCollection services, ProcessRun run)
    {
        if (!run.Settings.Options.Health.Enabled)
            return;
        services.AddOptions();
        services.AddSingleton<HealthWatch>();
        services.AddSingleton<IHostedService>(static s => s.GetRequiredService<HealthWatch>());
    }
}
