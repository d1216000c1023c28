using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using TocsinSdk.Context;
using TocsinSdk.Redaction;

namespace TocsinSdk.Logging;

/// <summary>
/// Fills an event from what the application logged: the one choke point where secrets are taken out, before any sink.
/// </summary>
internal sealed class EventFilling(Redactor redactor)
{
    private const string OriginalFormat = "{OriginalFormat}";

    [ThreadStatic]
    private static object?[]? t_values;

    [ThreadStatic]
    private static (EventFilling By, string Raw, string Clean)[]? t_ids;

    private static readonly ConcurrentDictionary<Type, bool> s_webHosts = new();

    private readonly FieldKey.Table _keys = new(redactor);
    private readonly MessageTemplate.Table _templates = new(redactor);

    public FieldKey KeyOf(string name) => new(name, redactor);

    public void Fill<TState>(LogEvent e, TState state, Func<TState, Exception?, string> formatter,
        IExternalScopeProvider? scopes, bool ofRequest = false)
    {
        e.ThreadId = Environment.CurrentManagedThreadId;
        if (!TakeState(e, state))
            Formatted(e, formatter(state, e.Exception));
        Context(e);
        scopes?.ForEachScope(static (scope, to) =>
        {
            // The records of requests say themselves what the web host's scope would say again.
            if (!to.OfRequest || scope is null || !IsWebHosts(scope))
                to.Filling.TakeScope(to.Event, scope);
        }, (Filling: this, Event: e, OfRequest: ofRequest));
        if (Activity.Current is { } activity)
            TakeActivity(e, activity);
        (e.RequestId, e.UserId, e.SessionId) = (Clean(0, e.RequestId), Clean(1, e.UserId), Clean(2, e.SessionId));
    }

    /// <summary>Ids come from callers and tags. A thread mostly logs for the same one again.</summary>
    private string? Clean(int which, string? id)
    {
        if (id is null)
            return null;
        ref var known = ref (t_ids ??= new (EventFilling, string, string)[3])[which];
        if (!ReferenceEquals(known.Raw, id) || !ReferenceEquals(known.By, this))
            known = (this, id, redactor.Redact(id));
        return known.Clean;
    }

    // The casts to the interface do not box: for a struct the compiler sees the exact type, and calls it directly.
    private bool TakeState<TState>(LogEvent e, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>>)
            return false;
        var count = ((IReadOnlyList<KeyValuePair<string, object?>>)state).Count;
        if (count == 0)
            return false;
        var last = ((IReadOnlyList<KeyValuePair<string, object?>>)state)[count - 1];
        var template = last.Key == OriginalFormat && last.Value is string text ? _templates.Of(text) : null;
        var own = template is null ? count : count - 1;
        var values = template is { HasFormats: true } ? t_values ??= new object?[16] : [];
        for (var i = 0; i < own; i++)
        {
            var pair = ((IReadOnlyList<KeyValuePair<string, object?>>)state)[i];
            var key = _keys.Of(pair.Key);
            var sensitive = key.Sensitive || (template is { HasSensitiveHole: true } && template.MakesSensitive(key.Source));
            FieldValue.Add(e, key, pair.Value, sensitive, redactor);
            if (i < values.Length)
                values[i] = pair.Value;
        }
        e.OwnCount = e.Count;
        if (template is null)
            return false;
        Render(e, template, values);
        return true;
    }

    private void Render(LogEvent e, MessageTemplate template, object?[] values)
    {
        var at = e.Text.Length;
        e.ParsedTemplate = template;
        // Without values the framework takes braces as they are.
        if (e.OwnCount > 0)
            template.Render(e, values, redactor);
        else
            FieldValue.AppendCut(e.Text, redactor.Redact(template.Text));
        if (!template.IsClean && e.OwnCount > 0)
        {
            var message = Encoding.UTF8.GetString(e.Text.Slice(at, e.Text.Length - at));
            e.Text.Truncate(at);
            FieldValue.AppendCut(e.Text, redactor.Redact(message));
        }
        e.SetMessage(at);
        Array.Clear(values);
    }

    private void Formatted(LogEvent e, string message)
    {
        var at = e.Text.Length;
        FieldValue.AppendCut(e.Text, redactor.Redact(message));
        e.SetMessage(at);
    }

    private static void Context(LogEvent e)
    {
        if (Ambient.Current is { } ambient)
            (e.RequestId, e.UserId, e.SessionId) = (ambient.RequestId, ambient.UserId, ambient.SessionId);
    }

    /// <summary>That of the connection, and that of the request.</summary>
    private static bool IsWebHosts(object scope) => s_webHosts.GetOrAdd(scope.GetType(), static type =>
        type.Assembly.GetName().Name?.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) == true);

    private void TakeScope(LogEvent e, object? scope)
    {
        switch (scope)
        {
            // The factory's own scope repeats the trace's ids.
            case null:
            case { } when scope.GetType().Assembly == typeof(LoggerFactory).Assembly:
                break;
            // An array answers as a list too, many times slower.
            case KeyValuePair<string, object?>[] array:
                foreach (var pair in array)
                    TakeScoped(e, pair.Key, pair.Value);
                break;
            case IReadOnlyList<KeyValuePair<string, object?>> list:
                for (var i = 0; i < list.Count; i++)
                {
                    var pair = list[i];
                    TakeScoped(e, pair.Key, pair.Value);
                }
                break;
            case IEnumerable<KeyValuePair<string, object?>> pairs:
                foreach (var pair in pairs)
                    TakeScoped(e, pair.Key, pair.Value);
                break;
            case IEnumerable<KeyValuePair<string, string>> texts:
                foreach (var pair in texts)
                    TakeScoped(e, pair.Key, pair.Value);
                break;
            default:
                TakeScoped(e, "scope", scope);
                break;
        }
    }

    private void TakeScoped(LogEvent e, string name, object? value)
    {
        if (name == OriginalFormat)
            return;
        var key = _keys.Of(name);
        if (key.Role != FieldRole.None && Promoted(e, key.Role, value))
            return;
        var at = IndexOf(e, key.Name);
        if (at >= 0 && at < e.OwnCount)
            return;
        FieldValue.Add(e, key, value, key.Sensitive, redactor);
        if (at >= 0)
            e.MoveLastTo(at);
    }

    private static bool Promoted(LogEvent e, FieldRole role, object? value)
    {
        var text = value switch
        {
            string id => id,
            Guid or int or long => value.ToString(),
            _ => null,
        };
        if (text is null)
            return false;
        switch (role)
        {
            case FieldRole.Request: e.RequestId = Ambient.Current?.RequestId ?? text; break;
            case FieldRole.User: e.UserId = Ambient.Current?.UserId ?? text; break;
            default: e.SessionId = Ambient.Current?.SessionId ?? text; break;
        }
        return true;
    }

    private static int IndexOf(LogEvent e, string name)
    {
        var fields = e.Fields;
        for (var i = 0; i < fields.Length; i++)
            if (fields[i].Key.Name == name)
                return i;
        return -1;
    }

    private static void TakeActivity(LogEvent e, Activity activity)
    {
        if (activity.IdFormat == ActivityIdFormat.W3C)
            (e.TraceId, e.SpanId, e.TraceFlags) = (activity.TraceId, activity.SpanId, activity.ActivityTraceFlags);
        for (var at = activity; at is not null && (e.UserId is null || e.SessionId is null); at = at.Parent)
            foreach (ref readonly var tag in at.EnumerateTagObjects())
                if (tag.Key == "user.id")
                    e.UserId ??= tag.Value as string;
                else if (tag.Key == "session.id")
                    e.SessionId ??= tag.Value as string;
        e.UserId ??= activity.GetBaggageItem("user.id");
        e.SessionId ??= activity.GetBaggageItem("session.id");
    }
}
