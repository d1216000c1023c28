using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Logging;
using TocsinSdk.Analysis;
using TocsinSdk.BlackBox;
using TocsinSdk.Configuration;
using TocsinSdk.Crashes;
using TocsinSdk.Debugging;
using TocsinSdk.Delivery;
using TocsinSdk.GenAi;
using TocsinSdk.Health;
using TocsinSdk.Logging;
using TocsinSdk.Logging.Files;
using TocsinSdk.Logging.Terminal;
using TocsinSdk.Redaction;
using TocsinSdk.Metrics;
using TocsinSdk.Telemetry;
using TocsinSdk.Tracing;
using TocsinSdk.Tracking;
using TocsinSdk.Transport;

namespace TocsinSdk.Runs;

/// <summary>
/// Everything that watches this process, wired once for its whole life: nothing here is ever unhooked, because a
/// process can die after its host has stopped.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class ProcessRun
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1.5);
    private static readonly Lock s_starting = new();
    private static volatile ProcessRun? s_current;

    private readonly CrashLane _lane;
    private readonly Courier? _courier;
    // Only kept alive.
    private readonly ExporterTroubles _troubles;
    private readonly CallWatch _calls;
    private volatile Settings _settings;
    private int _left;

    private unsafe ProcessRun(Settings settings, TimeProvider clock)
    {
        _settings = settings;
        DiskRefusal.SurviveFileSizeLimit();
        Folder = RunFolder.Open(settings);
        Redactor = new Redactor(settings.Options.Redaction);
        Identity = RunIdentity.OfProcess(settings, Folder.RunId, Redactor);
        Box = new BlackBoxWriter(Memory(Folder), Identity, Pulse.Period, clock);
        // From here on a death without a noted request to stop looks like a crash.
        Signals = new StopSignals(this);
        Logs = new TocsinLoggerProvider(Redactor, clock);
        Logs.Levels.TakeOptions(settings.Options.Logs);
        SettingsChanged += changed => Logs.Levels.TakeOptions(changed.Options.Logs);
        Logs.Add(new BlackBoxSink(Box, settings.LogLevel));
        Transport = TransportWiring.Start(settings, Folder, Identity, clock);
        Transport.Changed += Tocsin.OnTransportChanged;
        Logs.Add(new OtlpLogSink(Transport));
        LogFiles = LogFolder.Open(settings.Options.Logs, settings.IsDevelopment, clock, Console.Error.WriteLine);
        if (LogFiles is { } files)
            Logs.Add(files.Sink);
        CrashHistory = new CrashHistory(Folder.Siblings, Redactor);
        Debugging = new DebugRecords(settings.Options.Debug, Logs, Redactor);
        var server = new TocsinServer(settings.Url, settings.Key);
        var reserve = new HeapReserve(clock);
        _lane = new CrashLane(Box, Logs, Redactor, server, Folder, reserve, clock);
        ThrowSite.Watch(Box, reserve);
        HandlerOrder.AddFirst(_lane.OnUnhandled);
        var dumps = Environment.GetEnvironmentVariable("DOTNET_DbgMiniDumpName");
        _courier = new Courier(
            Identity, Box, Redactor, server, Folder,
            new OrphanRuns(Folder, dumps, settings.HangTimeout, clock) { History = CrashHistory },
            new ServerLevels((tag, timeout) => server.GetLevels(Identity, tag, timeout), Logs.Levels,
                () => Settings.Options.Logs.ServerLevels, clock),
            clock)
        {
            History = CrashHistory,
        };
        Analyzer = new ErrorAnalyzer(Identity, Redactor, clock);
        if (settings.Options.Analysis.Enabled)
            Logs.Errors = new ErrorFields(Analyzer, Logs.Filling, Redactor);
        Errors = new ErrorCapture(this, _courier, Analyzer, clock);
        Ai = AiTelemetry.Of(this, clock);
        TaskScheduler.UnobservedTaskException += new UnobservedTasks(_courier, clock).OnUnobserved;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Exit(Environment.ExitCode);
        _ = new Pulse(Box, reserve, settings.HangTimeout, waited => OnHung(waited, clock.GetUtcNow()));
        ActivityWatch.Start(Box);
        Traces = new TracePipeline(settings.Options.Traces, Redactor, clock);
        SettingsChanged += changed => Traces.Follow(changed.Options.Traces);
        Operations = Operations.OfProcess = new Operations(() => Settings.Options.Tracking, clock);
        _calls = new CallWatch(Operations);
        _troubles = new ExporterTroubles();
        Metrics = MetricsPage.Of(this, clock);
        if (Folder.Problem is { } problem)
            Console.Error.WriteLine($"tocsin: no black box on disk: {problem}");
    }

    public static ProcessRun? Current => s_current;

    /// <summary>
    /// The settings now in force. What is marked <see cref="LiveAttribute"/> may differ the next time it is read.
    /// </summary>
    public Settings Settings => _settings;

    /// <summary>Raised after <see cref="Settings"/> changed in the running process, one change at a time.</summary>
    public event Action<Settings>? SettingsChanged;

    public RunFolder Folder { get; }
    public RunIdentity Identity { get; }
    public BlackBoxWriter Box { get; }
    public Redactor Redactor { get; }
    public TracePipeline Traces { get; }
    public Operations Operations { get; }
    public TocsinLoggerProvider Logs { get; }
    public TelemetryTransport Transport { get; }

    /// <summary>Null until a host, or the options, want records on the console.</summary>
    public ConsoleSink? ConsoleLog { get; private set; }

    /// <summary>Null when no log files are written.</summary>
    public LogFolder? LogFiles { get; }
    public StopSignals Signals { get; }
    public CrashHistory CrashHistory { get; }
    public ErrorAnalyzer Analyzer { get; }
    public DebugRecords Debugging { get; }
    public ErrorCapture Errors { get; }
    public MetricsPage Metrics { get; }
    public AiTelemetry Ai { get; }

    /// <summary>The application's loggers, once it has some; for records the library writes on its behalf.</summary>
    public ILoggerFactory? Loggers { get; set; }

    /// <summary>Id of the crash under way, else of the last record made; null before one.</summary>
    public string? CrashId => _lane.CrashId ?? _courier?.LastId ?? Errors?.LastId;

    /// <summary>The first settings are the process's; later ones are not looked at.</summary>
    public static ProcessRun Start(Settings settings)
    {
        lock (s_starting)
            return s_current ??= new ProcessRun(settings, TimeProvider.System);
    }

    /// <summary>Starts with what the source says, and follows it.</summary>
    public static ProcessRun Start(SettingsSource source)
    {
        lock (s_starting)
        {
            if (s_current is { } running)
                return running;
            var run = Start(source.First);
            source.Watch(run);
            return run;
        }
    }

    /// <summary>Puts changed settings in force and tells the parts.</summary>
    public void Apply(Settings settings)
    {
        lock (s_starting)
        {
            _settings = settings;
            foreach (var told in SettingsChanged?.GetInvocationList() ?? [])
                try
                {
                    ((Action<Settings>)told)(settings);
                }
                catch (Exception e)
                {
                    Console.Error.WriteLine($"tocsin: a part did not take the changed options: {e.Message}");
                }
        }
    }

    /// <summary>Puts records on the console when the options say so; once. True when it does.</summary>
    public bool TakeConsole(bool hosted)
    {
        lock (s_starting)
        {
            ConsoleLog ??= ConsoleSink.Of(Settings.Options.Logs, Settings.IsDevelopment, hosted, Logs.Clock);
            if (ConsoleLog is { } console && !Logs.Sinks.Contains(console))
                Logs.Add(console);
            return ConsoleLog is not null;
        }
    }

    /// <param name="signal">0 when the program itself decided.</param>
    public void StopRequested(int signal)
    {
        Box.StopRequested(signal);
        _courier?.Stopping();
    }

    /// <summary>Another host starts in the same process.</summary>
    public void StopForgotten()
    {
        Box.StopForgotten();
        _courier?.Running();
    }

    /// <summary>
    /// The orderly end: says goodbye to the server, marks the black box, leaves no trace behind. Once.
    /// </summary>
    public void Exit(int code)
    {
        if (Interlocked.Exchange(ref _left, 1) != 0)
            return;
        if (_lane.IsCrashing)
        {
            // A handler of the application, or another thread, ended the process instead of the runtime.
            if (_lane.IsDelivered)
                Folder.Discard();
            return;
        }
        LogFiles?.Close(s_goodbye);
        ConsoleLog?.Flush(s_goodbye);
        Transport.Close(Settings.Options.Transport.FlushTimeout);
        _courier?.Stopped(s_goodbye);
        Box.CleanExit(code);
        Folder.Discard();
    }

    private void OnHung(TimeSpan waited, DateTimeOffset now)
    {
        if (Folder.Supervised)
            return;
        _courier?.TryQueue(box => new CrashFacts
        {
            CrashId = Crashes.CrashId.New(now),
            Class = CrashClasses.Hung,
            Time = now,
            Box = box,
            Resources = ProcessResources.Now(),
            Evidence = [new Evidence("heartbeat", string.Create(
                CultureInfo.InvariantCulture,
                $"The thread pool has not answered for {waited.TotalSeconds:0.#} s; "
                + $"{ThreadPool.PendingWorkItemCount} work items wait for {ThreadPool.ThreadCount} threads."))],
        });
    }

    private static unsafe byte* Memory(RunFolder folder)
    {
        try
        {
            return folder.File(BlackBoxLayout.FileName) is { } path
                ? BlackBoxMemory.Map(path) : BlackBoxMemory.Allocate();
        }
        catch (Exception e) when (DiskRefusal.Is(e))
        {
            Console.Error.WriteLine($"tocsin: no black box on disk: {e.Message}");
            return BlackBoxMemory.Allocate();
        }
    }
}
