using System.Diagnostics;

namespace Bookings;

/// <summary>Whoever names themselves in X-User-Id is on every log record, span and crash of the request.</summary>
internal sealed class UserContext(RequestDelegate next, ILogger<UserContext> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Headers["X-User-Id"].ToString() is not { Length: > 0 and <= 64 } user)
        {
            await next(context);
            return;
        }
        Activity.Current?.SetTag("user.id", user);
        using (log.BeginScope(new Dictionary<string, object> { ["user.id"] = user }))
            await next(context);
    }
}
