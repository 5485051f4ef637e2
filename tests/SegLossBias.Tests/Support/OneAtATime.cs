using System.Runtime.CompilerServices;

namespace SegLossBias.Tests.Support;

/// <summary>
/// Tests run one after the other, and random scenes too: TorchSharp's operators and optimisers make temporary Scalars,
/// which a garbage collection that other threads bring about may free while native code still reads them. (The same in
/// xunit.runner.json, for what xunit would run in parallel.)
/// </summary>
internal static class OneAtATime
{
    [ModuleInitializer]
    internal static void Set() => Check.Threads = 1;
}
