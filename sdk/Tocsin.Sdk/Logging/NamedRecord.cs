using System.Collections;
using Microsoft.Extensions.Logging;

namespace TocsinSdk.Logging;

/// <summary>One log record: its name, as in "agent_step_completed", is the message, the rest are its fields.</summary>
internal sealed class NamedRecord(string name) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly List<KeyValuePair<string, object?>> _fields = new(12);

    // The template comes last, as the framework's own records have it.
    public int Count => _fields.Count + 1;

    public KeyValuePair<string, object?> this[int index] =>
        index < _fields.Count ? _fields[index] : new KeyValuePair<string, object?>("{OriginalFormat}", name);

    public NamedRecord Set(string key, object? value)
    {
        if (value is not null)
            _fields.Add(new KeyValuePair<string, object?>(key, value));
        return this;
    }

    public void Log(ILogger logger, LogLevel level, Exception? exception = null)
    {
        try
        {
            logger.Log(level, new EventId(0, name), this, exception, static (e, _) => e.ToString());
        }
        catch (Exception)
        {
            // A provider of the application failed; that must not fail what it does.
        }
    }

    public override string ToString() => name;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
