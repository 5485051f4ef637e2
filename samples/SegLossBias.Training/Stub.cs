#pragma warning disable
using TorchSharp; using static TorchSharp.torch;
namespace SegLossBias.Training;
static class ExperimentFigures { public static IReadOnlyList<string> Draw(ExperimentResults r, string f) => []; }
