namespace SegLossBias.Experiments.Data;

/// <summary>One way to lay out pictures and masks in folders. What is listed is paired, decoded, resized and split elsewhere.</summary>
internal interface IPictureLayout : IDataLayout
{
    int IDataLayout.Dimensions => 2;

    /// <summary>Names of the classes, a background first if there is one; null where the masks themselves say how many there are.</summary>
    IReadOnlyList<string>? Classes { get; }

    /// <summary>The same for one folder, which may name them.</summary>
    IReadOnlyList<string>? ClassesOf(string folder) => Classes;

    /// <summary>The label of pixels that count nowhere.</summary>
    long? IgnoreIndex => null;

    /// <summary>True where each lesion has a file of its own, so that a picture without any mask has no lesion.</summary>
    bool OneMaskPerLesion => false;

    CaseSplits IDataLayout.Load(ExperimentSettings settings, ICollection<string> leftOut) => PictureData.Load(this, settings, leftOut);

    /// <summary>Names all pictures and masks below a folder.</summary>
    /// <exception cref="UserError">The folder is laid out otherwise.</exception>
    void List(string folder, PictureListing listing);

    /// <summary>Whether the grey values of masks, or the numbers of their palettes, are class numbers; else their brightness counts.</summary>
    bool MasksAreNumbers => false;

    /// <summary>Why a mask cannot be read, such as "is empty"; null if it can.</summary>
    /// <param name="mask">Its values.</param>
    /// <param name="classes">How many classes are named; null where none are.</param>
    string? Flaw(MaskValues mask, int? classes) => null;

    /// <summary>The label of each of the values 0 to 255 of a mask.</summary>
    /// <param name="mask">Its values.</param>
    /// <param name="classes">How many classes are named; null where none are.</param>
    byte[] Labels(MaskValues mask, int? classes) => LabelTable.Foreground(LabelTable.ForegroundLevel);

    /// <summary>What a seeded split must not separate and tests take as one, such as a patient: the same text for pictures of one.</summary>
    string Group(string name) => name;
}
