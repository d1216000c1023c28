using System.Diagnostics;
using Microsoft.Extensions.Logging;
using TocsinSdk;

namespace Crasher;

/// <summary>Many threads die at the same moment, each with an operation, a user and last words of its own.</summary>
internal static class Soak
{
    public static void Die(string way, int threads, string tag, ILogger log)
    {
        if (way == "starved")
            Program.Starve();
        if (way == "exit")
            AppDomain.CurrentDomain.UnhandledException += static (_, _) => Environment.Exit(Handlers.ExitCode);
        using var together = new Barrier(threads);
        for (var i = 0; i < threads; i++)
        {
            var number = i;
            new Thread(() => DieAlone(way, $"{tag}-{number}", together, log)) { Name = "soak " + number }.Start();
        }
        Thread.Sleep(Timeout.Infinite);
    }

    private static void DieAlone(string way, string name, Barrier together, ILogger log)
    {
        using var activity = new Activity("soak " + name).Start();
        using var scope = log.BeginScope(new Dictionary<string, object> { ["user.id"] = name });
        for (var i = 0; i < 20; i++)
            log.LogInformation("{Name} says {Number}", name, i);
        Tocsin.AddBreadcrumb("soak", name);
        together.SignalAndWait();
        throw way switch
        {
            "mute" => new TreacherousException(Treachery.ThrowMessage),
            "deep" => new InvalidOperationException(name, new AggregateException(new TimeoutException("inner " + name))),
            _ => new InvalidOperationException(name),
        };
    }
}
