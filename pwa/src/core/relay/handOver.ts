/** Gives a file out of the browser: to the folder of downloads, or to another app of the phone. */

/** Some phones let a page share only files of kinds they know. The first letters of a file tell what it is. */
const AS_TEXT = { type: 'text/plain', suffix: '.txt' };

/** Puts a file into the folder of downloads. */
export function saveFile(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The download has the blob by then; until it ends the browser keeps it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The file in a form that this phone lets a page share; null when it lets none. */
export function shareable(blob: Blob, name: string): File | null {
  if (navigator.canShare === undefined || navigator.share === undefined) return null;
  const forms = [
    new File([blob], name, { type: blob.type }),
    new File([blob], name + AS_TEXT.suffix, { type: AS_TEXT.type }),
  ];
  return forms.find((file) => navigator.canShare({ files: [file] })) ?? null;
}

/** Hands a file to another app; false when the person chose none. */
export async function shareFile(file: File): Promise<boolean> {
  return navigator.share({ files: [file] }).then(
    () => true,
    () => false,
  );
}
