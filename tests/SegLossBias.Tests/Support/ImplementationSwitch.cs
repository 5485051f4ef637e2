using System.Runtime.CompilerServices;

namespace SegLossBias.Tests.Support;

/// <summary>
/// SEGLOSSBIAS_IMPLEMENTATION=composed runs all tests on the composed implementation, which a GPU would use, where the
/// CPU's own would be chosen.
/// </summary>
internal static class ImplementationSwitch
{
    [ModuleInitializer]
    internal static void Apply()
    {
        var name = Environment.GetEnvironmentVariable("SEGLOSSBIAS_IMPLEMENTATION");
        if (!string.IsNullOrEmpty(name))
        {
            RegionPrimitive.ForcedEverywhere = Enum.Parse<RegionImplementation>(name, ignoreCase: true);
        }
    }
}
