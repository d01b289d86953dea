import { useState } from 'react'
import { useLocation } from 'wouter'
import { api } from '../../api/client.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { useDeed, type CustomerFile } from './customers-api.ts'

const FIELDS = [
  ['firstName', 'First name', 'text'],
  ['lastName', 'Last name', 'text'],
  ['email', 'E-mail', 'email'],
  ['address', 'Address', 'text'],
  ['postcode', 'Postcode', 'text'],
] as const

type Values = Record<(typeof FIELDS)[number][0] | 'phone', string>

/** Adds a customer, or changes the record of one. */
export const CustomerForm = ({ customer, onClose }: { customer?: CustomerFile | undefined; onClose: () => void }) => {
  const [, navigate] = useLocation()
  const [values, setValues] = useState<Values>({
    firstName: customer?.firstName ?? '',
    lastName: customer?.lastName ?? '',
    email: customer?.email ?? '',
    address: customer?.address ?? '',
    postcode: customer?.postcode ?? '',
    phone: '',
  })
  const save = useDeed(
    async () => {
      const { firstName, lastName, email, address, postcode, phone } = values
      const body = { firstName, lastName, email: email || null, address: address || null, postcode: postcode || null }
      if (customer) return api.PATCH('/customers/{id}', { params: { path: { id: customer.id } }, body })
      return api.POST('/customers', { body: { ...body, phones: phone.trim() ? [phone.trim()] : [] } })
    },
    customer ? 'The record is changed.' : 'The customer is added.',
  )
  return (
    <Confirm
      title={customer ? `Change ${customer.firstName} ${customer.lastName}` : 'Add a customer'}
      isOpen
      action={customer ? 'Save' : 'Add'}
      onClose={onClose}
      onConfirm={async () => {
        const { data } = await save.mutateAsync(undefined)
        if (!customer && data) navigate(`/customers/${data.id}`)
      }}
    >
      {FIELDS.map(([name, label, type]) => (
        <Field key={name} label={label}>
          {(ties) => (
            <input
              {...ties}
              type={type}
              autoComplete="off"
              value={values[name]}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          )}
        </Field>
      ))}
      {customer ? null : (
        <Field label="Telephone" help="With country code, like +14155550100. It recognises them when they call.">
          {(ties) => (
            <input
              {...ties}
              type="tel"
              autoComplete="off"
              value={values.phone}
              onChange={(event) => setValues({ ...values, phone: event.target.value })}
            />
          )}
        </Field>
      )}
    </Confirm>
  )
}
