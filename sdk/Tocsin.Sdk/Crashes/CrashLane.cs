using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using TocsinSdk.Analysis;
using TocsinSdk.BlackBox;
using TocsinSdk.Context;
using TocsinSdk.Delivery;
using TocsinSdk.Redaction;
using TocsinSdk.Logging;
using TocsinSdk.Runs;

namespace TocsinSdk.Crashes;

/// <summary>
/// What happens when an exception ends the process. Invariants:
/// - The first dying thread wins; the others wait until its record is safe, because the first handler to return aborts
///   the process. No longer: the first may itself be waiting for one of them.
/// - The work is done on a thread that was started, warmed up and given its memory while the process was well. It takes
///   no lock of the application, no thread-pool thread, and calls no delegate of the application.
/// - The dying thread waits at most <see cref="Deadline"/>, so a crash never turns into a hang; only on a machine that
///   grants this library no processor does it wait longer, up to <see cref="s_writing"/>, for the record on disk.
/// - Last words first: a short record without any text of the application is on disk before the whole one is tried.
/// - Code of the application (an exception's Message) runs on a third thread, see <see cref="ExceptionMessages"/>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class CrashLane
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_writing = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_print = TimeSpan.FromMilliseconds(250);

    private const int BufferSize = 512 << 10, Reserve = 256 << 10;

    private readonly BlackBoxWriter _box;
    private readonly TocsinLoggerProvider _logs;
    private readonly TocsinServer _server;
    private readonly RunFolder _folder;
    private readonly HeapReserve _reserve;
    private readonly TimeProvider _clock;
    private readonly HandleReserve _handles = new();
    private readonly ExceptionMessages _messages;
    private readonly FixedBuffer _short = new(16 << 10), _whole = new(BufferSize);
    private readonly CrashFile? _shortFile, _wholeFile;
    private readonly ManualResetEvent _entered = new(false), _written = new(false), _done = new(false);

    // Written by the winner before it sets _entered; read by the lane after.
    private int _gate, _winner;
    private volatile bool _asked, _kept;
    private Exception? _exception;
    private ExecutionContext? _context;
    private long _enteredAt;

    public CrashLane(BlackBoxWriter box, TocsinLoggerProvider logs, Redactor redactor, TocsinServer server,
        RunFolder folder, HeapReserve reserve, TimeProvider clock)
    {
        (_box, _logs, _server, _folder, _reserve, _clock) = (box, logs, server, folder, reserve, clock);
        _messages = new ExceptionMessages(redactor, print: true);
        try
        {
            if (folder.Path is not null)
            {
                _shortFile = new CrashFile(folder.File("last-words.draft")!, folder.File(RunFolder.CrashName)!, 4096);
                _wholeFile = new CrashFile(folder.File("crash.draft")!, folder.File(RunFolder.CrashName)!, Reserve);
            }
        }
        catch (Exception e) when (DiskRefusal.Is(e))
        {
            // No room now: what the server takes is all that will be left of a crash.
        }
        new Thread(Run, 1 << 20) { IsBackground = true, Name = "Tocsin crash" }.UnsafeStart();
    }

    /// <summary>Id of the crash under way; null before one.</summary>
    public string? CrashId { get; private set; }

    /// <summary>
    /// True when an exception is ending the process: whoever calls Exit now only hurries it. Waits until the record is
    /// safe or time is up.
    /// </summary>
    public bool IsCrashing
    {
        get
        {
            if (Volatile.Read(ref _gate) == 0)
                return false;
            _done.WaitOne(s_writing);
            return true;
        }
    }

    /// <summary>The server has the record of the crash under way.</summary>
    public bool IsDelivered { get; private set; }

    /// <summary>
    /// The handler of <see cref="AppDomain.UnhandledException"/>; returns when the record is safe or time is up.
    /// </summary>
    public void OnUnhandled(object sender, UnhandledExceptionEventArgs args)
    {
        if (Interlocked.Exchange(ref _gate, 1) != 0)
        {
            if (_winner != Environment.CurrentManagedThreadId)
                _done.WaitOne(s_writing);
            return;
        }
        _winner = Environment.CurrentManagedThreadId;
        _enteredAt = Stopwatch.GetTimestamp();
        _reserve.ReleaseAll();
        _handles.Release();
        _exception = args.ExceptionObject as Exception;
        try
        {
            _context = ThrowSite.ContextOf(_exception);
        }
        catch (OutOfMemoryException)
        {
            // The record then names no user and no trace.
        }
        _entered.Set();
        if (!_done.WaitOne(Deadline))
            _written.WaitOne(s_writing - Deadline);
        var left = Deadline - Stopwatch.GetElapsedTime(_enteredAt);
        if (_asked && !_messages.CanBePrinted(left > s_print ? left : s_print))
            GiveUp();
    }

    private void Run()
    {
        Try(WarmUp);
        _entered.WaitOne();
        if (_context is { } context)
            Try(() => ExecutionContext.Run(context, static lane => ((CrashLane)lane!).Crash(), this));
        else
            Try(Crash);
        _written.Set();
        _done.Set();
    }

    private void Crash()
    {
        var exception = _exception ?? new InvalidOperationException("something that is not an exception was thrown");
        var facts = Gather(exception, _clock.GetUtcNow());
        CrashId = facts.CrashId;
        _box.Crash(CrashState.Entered, facts.CrashId);
        if (Try(() => Keep(_short, _shortFile, facts, maxLogs: 0, onlyType: true)))
            Kept(facts.CrashId);
        _asked = true;
        _messages.Ask(exception);
        facts = facts with
        {
            Box = Tried(_box.Snapshot) ?? facts.Box,
            Messages = _messages,
            Resources = Tried(ProcessResources.Now),
        };
        var whole = TryWhole(facts, BlackBoxLayout.LogSlots) || TryWhole(facts, 16) || TryWhole(facts, 0);
        if (whole)
            Kept(facts.CrashId);
        _written.Set();
        if (!_folder.Supervised)
            Try(() => Deliver(facts.CrashId, whole ? _whole : _short));
    }

    // A record that does not fit the disk is still one to be sent.
    private bool TryWhole(CrashFacts facts, int maxLogs)
    {
        if (!Try(() => Write(_whole, facts, maxLogs, onlyType: false)))
            return false;
        return Try(() => _wholeFile?.Publish(_whole.Written.Span)) || maxLogs == 0;
    }

    private void Kept(string crashId)
    {
        if (_shortFile is null)
            return;
        _kept = true;
        _box.Crash(CrashState.Written, crashId);
    }

    private CrashFacts Gather(Exception exception, DateTimeOffset now)
    {
        var activity = Activity.Current;
        return new CrashFacts
        {
            // Reported before it turned out that nobody else would catch it.
            CrashId = ReportedErrors.IdOf(exception) ?? Crashes.CrashId.New(now),
            Class = CrashClasses.Of(exception),
            Time = now,
            Box = _box.Identity(),
            Exception = exception,
            TraceId = activity?.TraceId.ToHexString(),
            SpanId = activity?.SpanId.ToHexString(),
            UserId = Ambient.Current?.UserId
                ?? Tried(() => Surroundings.Find("user.id", activity, _logs.Scopes)),
            RequestId = Ambient.Current?.RequestId
                ?? Tried(() => Surroundings.Find("RequestId", activity, _logs.Scopes)),
            Evidence = [new Evidence("crash_file",
                "The runtime raised UnhandledException: nothing caught the exception.")],
        };
    }

    private static void Keep(FixedBuffer buffer, CrashFile? file, CrashFacts facts, int maxLogs, bool onlyType)
    {
        Write(buffer, facts, maxLogs, onlyType);
        file?.Publish(buffer.Written.Span);
    }

    private static void Write(FixedBuffer buffer, CrashFacts facts, int maxLogs, bool onlyType)
    {
        buffer.Clear();
        new CrashRecordWriter(buffer).Write(facts, maxLogs, onlyType);
    }

    private void Deliver(string crashId, FixedBuffer record)
    {
        var left = Deadline - Stopwatch.GetElapsedTime(_enteredAt) - TimeSpan.FromMilliseconds(50);
        if (left <= TimeSpan.Zero)
            return;
        var answer = _server.PostCrash(record.Written, left);
        IsDelivered = answer.IsFinal;
        if (answer.IsFinal)
            _box.Crash(CrashState.Delivered, crashId);
        var line = answer.IsAccepted ? $"tocsin: crash {crashId} delivered to {_server.Url.AbsoluteUri.TrimEnd('/')}\n"
            : !_kept ? $"tocsin: crash {crashId} not delivered ({answer}) and no disk to keep it on\n"
            : $"tocsin: crash {crashId} kept in {_folder.Path} for the next start ({answer})\n";
        Say(line);
    }

    // Compiles and loads what a crash needs; nothing is thrown, kept or sent. Cut short by a crash.
    private void WarmUp()
    {
        var facts = Gather(new InvalidOperationException("", new AggregateException(new TimeoutException())),
            _clock.GetUtcNow());
        Keep(_short, null, facts, maxLogs: 0, onlyType: true);
        if (_entered.WaitOne(0))
            return;
        facts = facts with { Box = _box.Snapshot(), Resources = ProcessResources.Now() };
        Keep(_whole, null, facts, BlackBoxLayout.LogSlots, onlyType: false);
        if (!_entered.WaitOne(0))
            StackText.Parse(new StackTrace(fNeedFileInfo: true).ToString());
    }

    private static bool Try(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception)
        {
            // Nobody is left to tell; the next step does with what there is.
            return false;
        }
    }

    private static T? Tried<T>(Func<T?> look) where T : class
    {
        T? found = null;
        Try(() => found = look());
        return found;
    }

    // Message or ToString of the exception does not return. The runtime is about to call the same code to print it, and
    // would wait for it for ever.
    private static void GiveUp()
    {
        if (OperatingSystem.IsWindows())
            Environment.FailFast("the crash record could not be written in time");
        abort();
    }

    [DllImport("libc")]
    private static extern void abort();

    // Console.Error takes a lock that another thread may hold for good; a stream would keep a position of its own.
    private static void Say(string line)
    {
        if (!OperatingSystem.IsWindows() && Encoding.UTF8.GetBytes(line) is var text)
            _ = write(2, text, text.Length);
    }

    [DllImport("libc")]
    private static extern nint write(int file, byte[] text, nint count);
}
