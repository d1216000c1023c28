using Tocsin.Catalog.Tests;
using Xunit.MicrosoftTestingPlatform;

if (Environment.GetEnvironmentVariable(KilledWriter.Variable) is { Length: > 0 } path)
{
    await KilledWriter.WriteUntilKilled(path);
    return 0;
}
return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
