namespace Tocsin.Crashes.Telemetry;

/// <param name="Source">Who announces it.</param>
/// <param name="Logger">How the logger's name starts; empty for any.</param>
/// <param name="Words">What the message contains; empty for any.</param>
/// <param name="Unobserved">The process lives on and nobody knows of the failure.</param>
/// <param name="LastWord">The process ends with it.</param>
internal sealed record Announcement(string Source, string Logger, string Words, bool Unobserved = false,
    bool LastWord = false);

/// <summary>With which words frameworks announce that nobody handled an exception.</summary>
internal static class Announcements
{
    private static readonly Announcement[] s_all =
    [
        new("ASP.NET Core", "Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware", "unhandled exception"),
        new("ASP.NET Core", "Microsoft.AspNetCore.Diagnostics.DeveloperExceptionPageMiddleware", "unhandled exception"),
        new("Kestrel", "Microsoft.AspNetCore.Server.Kestrel", "unhandled exception"),
        new("IIS", "Microsoft.AspNetCore.Server.IIS", "unhandled exception"),
        new("ASP.NET Core", "Microsoft.AspNetCore.Components.Server.Circuits", "Unhandled exception"),
        new("ASP.NET Core", "Microsoft.AspNetCore.SignalR.HubConnectionHandler", "Error when dispatching"),
        new("the .NET host", "Microsoft.Extensions.Hosting", "BackgroundService failed", LastWord: true),
        new("the .NET host", "Microsoft.Extensions.Hosting", "Hosting failed to start", LastWord: true),
        new("asyncio", "asyncio", "exception was never retrieved", Unobserved: true),
        new("asyncio", "asyncio", "Exception in callback"),
        new("Django", "django.request", "Internal Server Error"),
        new("Flask", "flask.app", "Exception on "),
        new("uvicorn", "uvicorn", "Exception in ASGI application"),
        new("gunicorn", "gunicorn", "Exception in worker process", LastWord: true),
        new("gunicorn", "gunicorn", "Error handling request"),
        new("Celery", "celery", "raised unexpected"),
        new("Tomcat", "org.apache.catalina.core", "Servlet.service()"),
        new("Spring", "org.springframework.scheduling", "Unexpected error occurred in scheduled task"),
        new("the JVM", "", "Exception in thread \"", LastWord: true),
        new("Node", "", "Uncaught Exception", LastWord: true),
        new("Node", "", "uncaughtException", LastWord: true),
        new("Node", "", "unhandledRejection", LastWord: true),
        new("Node", "", "Unhandled Rejection", LastWord: true),
    ];

    public static Announcement? Find(string? logger, string? message)
    {
        if (message is null)
            return null;
        string head = message.Length > 300 ? message[..300] : message;
        return s_all.FirstOrDefault(a =>
            (a.Logger.Length == 0 || logger?.StartsWith(a.Logger, StringComparison.OrdinalIgnoreCase) == true)
            && head.Contains(a.Words, StringComparison.OrdinalIgnoreCase));
    }
}
