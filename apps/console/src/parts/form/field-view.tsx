import { emptyValue, variantAt, type FormControl, type FormField } from '@llc-phone/core/form'
import { CheckControl } from './check-control.tsx'
import { DatesControl } from './dates-control.tsx'
import style from './form.module.css'
import { useForm } from './host.ts'
import { HoursControl } from './hours-control.tsx'
import { KeyedControl, ListControl } from './list-control.tsx'
import { TelephoneControl } from './telephone-control.tsx'
import { ChoiceControl, JsonControl, NumberControl, TextControl, TimeZoneControl } from './text-controls.tsx'
import { fieldId, Findings, Labelled, type Ties } from './ties.tsx'
import type { Path } from './values.ts'

/** Values several of which can be chosen. */
const ChecksControl = ({ path, options }: { path: Path; options: readonly { value: string; label: string }[] }) => {
  const form = useForm()
  const value = form.get(path)
  const chosen = Array.isArray(value) ? (value as string[]) : []
  return (
    <div id={fieldId(path)} tabIndex={-1}>
      {options.map((option) => (
        <label key={option.value} className={style.check}>
          <input
            type="checkbox"
            disabled={form.isReadOnly}
            checked={chosen.includes(option.value)}
            onChange={({ target: { checked } }) => {
              const next = options
                .map((each) => each.value)
                .filter((each) => (each === option.value ? checked : chosen.includes(each)))
              form.set(path, next.length === 0 ? undefined : next)
              form.leave()
            }}
          />
          {option.label}
        </label>
      ))}
    </div>
  )
}

/** Yes, no, or whatever is usual: what is not set is not always no. */
const SwitchChoice = ({ path, ties }: { path: Path; ties: Ties }) => {
  const form = useForm()
  const value = form.get(path)
  return (
    <select
      {...ties}
      value={value === true ? 'yes' : value === false ? 'no' : ''}
      onChange={({ target }) => {
        form.set(path, target.value === '' ? undefined : target.value === 'yes')
        form.leave()
      }}
    >
      <option value="">As usual</option>
      <option value="yes">Yes</option>
      <option value="no">No</option>
    </select>
  )
}

const unitOf = ({ max = 0 }: { max?: number | undefined }): { scale: number; name: string } =>
  max > 600_000 ? { scale: 60_000, name: 'minutes' } : { scale: 1_000, name: 'seconds' }

const single = (
  control: FormControl,
  field: FormField,
  path: Path,
  ties: Ties,
  choices: ReturnType<typeof useForm>['choices'],
) => {
  const { isRequired, example } = field
  const placeholder = typeof example === 'string' || typeof example === 'number' ? String(example) : undefined
  switch (control.as) {
    case 'telephone':
      return <TelephoneControl path={path} ties={ties} />
    case 'timeZone':
      return <TimeZoneControl path={path} ties={ties} />
    case 'voice':
      return <TextControl path={path} ties={ties} placeholder={placeholder} list={choices.voices} />
    case 'greeting':
      return <TextControl path={path} ties={ties} placeholder={placeholder} isLong maxLength={300} />
    case 'route':
      return <ChoiceControl path={path} ties={ties} isRequired={isRequired} options={choices.routes} none="Nobody" />
    case 'instance':
      return <ChoiceControl path={path} ties={ties} isRequired={isRequired} options={choices.instances} />
    case 'number':
      return <NumberControl path={path} ties={ties} placeholder={placeholder} min={control.min} max={control.max} />
    case 'duration': {
      const { scale } = unitOf(control)
      return (
        <NumberControl
          path={path}
          ties={ties}
          scale={scale}
          min={control.min}
          max={control.max}
          placeholder={typeof example === 'number' ? String(example / scale) : undefined}
        />
      )
    }
    case 'choice':
      return <ChoiceControl path={path} ties={ties} isRequired={isRequired} options={control.options} none="As usual" />
    case 'text':
      return (
        <TextControl
          path={path}
          ties={ties}
          placeholder={placeholder}
          isRequired={isRequired}
          isLong={control.isLong}
          maxLength={control.maxLength}
        />
      )
    default:
      return <JsonControl path={path} ties={ties} />
  }
}

/** Fields that have a frame and a heading rather than a label. */
const Block = ({ field, path }: { field: FormField; path: Path }) => {
  const form = useForm()
  const { control } = field
  switch (control.as) {
    case 'hours':
      return <HoursControl path={path} />
    case 'dates':
      return <DatesControl path={path} />
    case 'choices':
      return <ChecksControl path={path} options={control.options} />
    case 'instances':
      return <ChecksControl path={path} options={form.choices.instances} />
    case 'people':
      return <ChecksControl path={path} options={form.choices.people.map((value) => ({ value, label: value }))} />
    case 'group':
      return (
        <div className={style.fields}>
          {control.fields.map((inner) => (
            <FieldView key={inner.name} field={inner} path={[...path, inner.name]} />
          ))}
        </div>
      )
    case 'list':
      return (
        <ListControl path={path} noun={field.title.toLowerCase() || 'entry'} fresh={() => emptyValue(control.entry)}>
          {(at, place) => (
            <FieldView
              field={control.entry.title ? control.entry : { ...control.entry, title: `${place + 1}.` }}
              path={at}
            />
          )}
        </ListControl>
      )
    case 'keyed':
      return (
        <KeyedControl path={path} fresh={() => emptyValue(control.entry)}>
          {(at) => <FieldView field={{ ...control.entry, title: String(at.at(-1)) }} path={at} />}
        </KeyedControl>
      )
    case 'variants': {
      const value = form.get(path)
      const at = value === undefined ? -1 : variantAt(control.variants, value)
      const chosen = control.variants[at]
      return (
        <div className={style.fields}>
          <select
            id={fieldId(path)}
            aria-label={field.title || 'Which'}
            value={at}
            disabled={form.isReadOnly}
            onChange={({ target }) => {
              const next = control.variants[Number(target.value)]
              form.set(path, next && emptyValue(next.field))
              form.leave()
            }}
          >
            {field.isRequired && at >= 0 ? null : <option value={-1}>As usual</option>}
            {control.variants.map(({ label }, index) => (
              <option key={label} value={index}>
                {label}
              </option>
            ))}
          </select>
          {chosen && chosen.field.control.as !== 'constant' ? <FieldView field={chosen.field} path={path} /> : null}
        </div>
      )
    }
    default:
      return null
  }
}

const BLOCKS = new Set<FormControl['as']>([
  'hours',
  'dates',
  'choices',
  'instances',
  'people',
  'group',
  'list',
  'keyed',
  'variants',
])

/** The help of a schema in words of the screen: nobody types milliseconds, true, keys or names of zones here. */
const helpFor = (control: FormControl, help: string | undefined): string | undefined =>
  control.as === 'timeZone'
    ? 'Type the name of a large city nearby. Your hours and dates are those of this zone.'
    : help
        ?.replaceAll(', in milliseconds', '')
        .replaceAll(/\btrue: /g, 'Yes: ')
        .replaceAll(/\bfalse: /g, 'No: ')
        .replace(/^The key of the route to the/, 'The')
        .replace(/^The key of the route/, 'The department')

/** One field as its schema wants it drawn. */
export const FieldView = ({ field, path }: { field: FormField; path: Path }) => {
  const form = useForm()
  const { control, title, help } = field
  if (control.as === 'constant') return null
  if (control.as === 'switch' && !field.isRequired)
    return (
      <Labelled path={path} label={title} help={helpFor(control, help)}>
        {(ties) => <SwitchChoice path={path} ties={ties} />}
      </Labelled>
    )
  if (control.as === 'switch')
    return (
      <div className={style.field}>
        <CheckControl path={path} label={title} isRequired={field.isRequired} />
        {help ? <p className={style.help}>{helpFor(control, help)}</p> : null}
        <Findings path={path} />
      </div>
    )
  if (BLOCKS.has(control.as)) {
    if (title === '') return <Block field={field} path={path} />
    return (
      <fieldset className={style.group}>
        <legend>{title}</legend>
        {help ? <p className={style.help}>{helpFor(control, help)}</p> : null}
        <Block field={field} path={path} />
        {control.as === 'group' || control.as === 'choices' || control.as === 'variants' ? (
          <Findings path={path} />
        ) : null}
      </fieldset>
    )
  }
  const unit = control.as === 'duration' ? `, in ${unitOf(control).name}` : ''
  return (
    <Labelled path={path} label={`${title}${unit}`} help={helpFor(control, help)}>
      {(ties) => single(control, field, path, ties, form.choices)}
    </Labelled>
  )
}
