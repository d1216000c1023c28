using System.CommandLine;
using Tocsin.Cli.Run.Children;
using Tocsin.Cli.Run.Evidence;
using Tocsin.Cli.Run.Folders;
using Tocsin.Cli.Run.Spool;

namespace Tocsin.Cli.Run;

/// <summary>tocsin run: runs any program and reports how it died. docs/guide/run.md is its manual.</summary>
public static class RunVerb
{
    /// <summary>The exit code of every verb that needed a server and found none.</summary>
    private const int NoServer = 3;

    private static readonly TimeSpan LeftoverLimit = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var options = new RunOptions();
        var command = new Command("run",
            "Run a program as its parent and report its death, its hang and its last words.");
        options.AddTo(command);

        // A synchronous action: an asynchronous one would make the library end the process two seconds after SIGTERM.
        command.SetAction(result => Execute(options.Read(result), result.GetValue(options.FlushSpool)));
        return command;
    }

    private static int Execute(RunSettings settings, bool flushOnly)
    {
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("tocsin run works on Linux only");
            return 1;
        }

        var clock = TimeProvider.System;
        var root = settings.StateDirectory ?? StateFolder.Default(Environment.GetEnvironmentVariable);
        var (state, problem) = StateFolder.Open(root);
        if (problem is not null)
        {
            Notice.Write($"the state folder cannot be used ({problem}); using {state.Path}");
        }

        var spool = new CrashSpool(state.Spool);
        using var delivery = new CrashDelivery(settings.Url, settings.Key);
        using var courier = new CrashCourier(spool, delivery);
        if (flushOnly)
        {
            return FlushSpool(courier, settings.Url);
        }

        var ignored = Signals.IgnoredNow();
        if (Signals.Contains(ignored, Signals.Child))
        {
            Libc.SetSignal(Signals.Child, 0); // else the kernel throws the exit status away
        }

        using var relay = new SignalRelay(clock, settings.StopTimeout, ignored);
        var leftovers = spool.Waiting().Count > 0 || OrphanRuns.Any(state.Runs(settings.Service));
        var preparation = new Thread(() => Prepare(settings, state, courier, delivery, clock)) { IsBackground = true };
        preparation.Start();
        var status = new Supervisor(settings, state, relay, courier, clock).Run();
        if (leftovers)
        {
            preparation.Join(LeftoverLimit); // else programs that end at once would never get old records delivered
        }

        return status.Signal == Signals.Interrupt ? DieOfInterrupt(relay, status) : status.ShellCode;
    }

    private static void Prepare(RunSettings settings, StateFolder state, CrashCourier courier, CrashDelivery delivery,
        TimeProvider clock)
    {
        OrphanRuns.Adopt(state.Runs(settings.Service), record => courier.Deliver(record),
            old => Notice.Write(Outlived(old)));
        WarmUp.Walk(delivery, clock);
        courier.StartRetries();
        courier.WaitForFirstRound();
    }

    private static string Outlived(RunIdentity old) =>
        $"an earlier run of {old.Service} (process {old.Pid}) lives on without its supervisor";

    private static int FlushSpool(CrashCourier courier, Uri url)
    {
        var (sent, waiting, reason) = courier.Flush();
        Notice.Write(waiting == 0
            ? $"{sent} crash records delivered to {url}"
            : $"{sent} crash records delivered, {waiting} still wait: {reason}");
        return waiting == 0 ? 0 : NoServer;
    }

    /// <summary>A shell ends its loop on Ctrl-C only when the command died of it.</summary>
    private static int DieOfInterrupt(SignalRelay relay, ExitStatus status)
    {
        relay.Dispose();
        Libc.SetSignal(Signals.Interrupt, 0);
        _ = Libc.Kill(Environment.ProcessId, Signals.Interrupt);
        return status.ShellCode;
    }
}
