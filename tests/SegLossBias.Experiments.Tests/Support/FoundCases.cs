namespace SegLossBias.Experiments.Tests.Support;

/// <summary>The folders of <c>Cases/</c>, written byte by byte; <c>Cases/README.md</c> says what each is.</summary>
internal static class FoundCases
{
    /// <summary>The case under test among ordinary ones.</summary>
    public const string Tested = "t";

    public static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Cases", name);

    /// <summary>Loads a folder as the program does.</summary>
    public static CaseSplits Load(string name, ICollection<string> leftOut, params int[] size) => DataLayouts.Load(
        SomeSettings.OnPictures(DataLayouts.Guess(Folder(name)).Name, Folder(name)) with { Size = size }, leftOut);

    public static Case? Find(this CaseSplits splits, string name = Tested) => splits.Train.Concat(splits.Validation).SingleOrDefault(item => item.Name == name);
}
