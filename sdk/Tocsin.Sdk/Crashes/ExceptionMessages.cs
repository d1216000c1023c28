using TocsinSdk.Redaction;

namespace TocsinSdk.Crashes;

/// <summary>
/// The messages of one exception and its causes. Message and ToString are code of the application: either may throw, or
/// never return, or need a lock that is never released. So they are called on a thread of their own, made in advance,
/// and nobody waits for it longer than <see cref="Patience"/>. One question per object.
/// </summary>
internal sealed class ExceptionMessages
{
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public const string Unreadable = "[the exception's Message failed]", Silent = "[the exception's Message did not return]";

    /// <summary>As many, and as deep, as a record takes.</summary>
    public const int MaxExceptions = 32, MaxDepth = 8;

    private readonly Redactor _redactor;
    private readonly bool _print;
    private readonly (Exception Exception, string Text)[] _texts = new (Exception, string)[MaxExceptions];
    private readonly ManualResetEvent _asked = new(false), _answered = new(false), _printed = new(false);
    private Exception? _exception;
    private int _count;

    /// <param name="redactor">Takes secrets out of what is kept.</param>
    /// <param name="print">Whether ToString is tried too, see <see cref="CanBePrinted"/>.</param>
    public ExceptionMessages(Redactor redactor, bool print)
    {
        (_redactor, _print) = (redactor, print);
        new Thread(Answer, 512 << 10) { IsBackground = true, Name = "Tocsin messages" }.UnsafeStart();
    }

    /// <summary>Returns when all messages are known or patience is over; what is not known then stays so.</summary>
    /// <returns>False when patience is over.</returns>
    public bool Ask(Exception exception)
    {
        _exception = exception;
        _asked.Set();
        return _answered.WaitOne(Patience);
    }

    /// <summary>
    /// False when the exception's ToString, which the runtime is about to call, did not return within
    /// <paramref name="limit"/>.
    /// </summary>
    public bool CanBePrinted(TimeSpan limit) => _printed.WaitOne(limit);

    public string Of(Exception exception)
    {
        for (var i = 0; i < Volatile.Read(ref _count); i++)
            if (ReferenceEquals(_texts[i].Exception, exception))
                return _texts[i].Text;
        return Silent;
    }

    private void Answer()
    {
        _asked.WaitOne();
        Collect(_exception!, depth: 0);
        _answered.Set();
        // Deep recursion here would end the process before its record is written.
        if (_print && _count < MaxExceptions)
            Printed(_exception!);
        _printed.Set();
    }

    private void Collect(Exception exception, int depth)
    {
        if (_count >= MaxExceptions)
            return;
        _texts[_count] = (exception, Message(exception));
        Volatile.Write(ref _count, _count + 1);
        if (depth >= MaxDepth)
            return;
        if (exception is AggregateException aggregate)
            for (var i = 0; i < aggregate.InnerExceptions.Count; i++)
                Collect(aggregate.InnerExceptions[i], depth + 1);
        else if (exception.InnerException is { } inner)
            Collect(inner, depth + 1);
    }

    private string Message(Exception exception)
    {
        try
        {
            return _redactor.Redact(exception.Message ?? "");
        }
        catch (Exception)
        {
            return Unreadable;
        }
    }

    private static void Printed(Exception exception)
    {
        try
        {
            _ = exception.ToString();
        }
        catch (Exception)
        {
            // The runtime copes with that.
        }
    }
}
