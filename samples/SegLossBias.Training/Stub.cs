#pragma warning disable
using TorchSharp; using static TorchSharp.torch;
namespace SegLossBias.Training;
static class ExperimentReport { public static IReadOnlyList<string> Write(ExperimentResults r, string f) => []; }
static class ExperimentFigures { public static IReadOnlyList<string> Draw(ExperimentResults r, string f) => []; }
static class Planner { public static IReadOnlyList<string> Write(ExperimentSettings s, string f, string c) => []; }
record CollectOutcome(ExperimentResults Results);
static class Collector { public static CollectOutcome Collect(IReadOnlyList<string> d, string f) => null; }
static class SettingsDifference { public static string? First(ExperimentSettings a, ExperimentSettings b) => null; }
