using Tocsin.Catalog;
using Tocsin.Crashes;
using Tocsin.Storage;

namespace Tocsin.Server;

/// <summary>Gives the event store its turns for sealing, merging and retention, on a thread of its own at low priority.</summary>
internal static class Maintenance
{
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(5);

    public static Task Run(Database database, CancellationToken cancel) => Task.Factory.StartNew(
        () =>
        {
            Thread.CurrentThread.Name = "storage maintenance";
            Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
            while (!cancel.WaitHandle.WaitOne(s_round))
            {
                try
                {
                    database.Maintain(cancel);
                }
                catch (OperationCanceledException) when (cancel.IsCancellationRequested)
                {
                    return;
                }
                catch (IOException trouble)
                {
                    // A full disk or a failing one: the log still holds the rows, and the next round tries again.
                    Console.Error.WriteLine($"tocsin: storage maintenance: {trouble.Message}");
                }
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Once an hour, forgets crashes beyond their time.</summary>
    public static async Task Forget(CrashRetention crashes, TimeProvider clock, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    await crashes.Clean(cancel);
                }
                catch (CatalogWriteException trouble)
                {
                    await Console.Error.WriteLineAsync($"tocsin: crash retention: {trouble.Message}");
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The server stops.
        }
    }
}
